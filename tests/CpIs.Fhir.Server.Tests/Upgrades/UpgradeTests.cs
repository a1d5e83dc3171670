using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Migrations;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Migrations;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>
/// A store that any landed version wrote opens, and knows all that was acknowledged (promise 18). Each fixture goes through
/// <c>cpis store migrate</c>'s own code and then under a whole server, an hour after it was closed.
/// </summary>
public sealed class UpgradeTests
{
    private const string Number = "https://fhir.nhs.uk/Id/nhs-number|";

    public static TheoryData<string> Stores => [.. Fixtures.All];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void There_is_a_fixture_of_each_form_of_store()
    {
        foreach (var form in StoreForm.All)
            Fixtures.All.Should().Contain("7534588/" + form);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_store_of_an_earlier_version_opens_with_everything_that_was_acknowledged(string fixture)
    {
        await using var place = await StorePlace.TakeAsync(Fixtures.FormOf(fixture));
        await place.RestoreAsync(Fixtures.PathOf(fixture));
        var known = await Acknowledged.ReadAsync(Fixtures.PathOf(fixture));

        await MigrateAsync(place);
        await using var exchange = await ExchangeOnStore.StartAsync(place, known.Written.AddHours(1));

        await KeepsRegistrationsAndKeysAsync(exchange, known);
        await KeepsWhatWasDeletedGoneAsync(exchange, known);
        await ShowsWhatItShowedAsync(exchange, known);
        await TakesTheSameUploadAgainAsync(exchange, known);
        await ShowsAuthoritiesTheirAccessesAsync(exchange, known);
        await FindsSubscriptionsAsync(exchange, known);
        await DeliversWhatWasOpenAsync(exchange, known);
        await NumbersWithoutGapAsync(exchange, known);
    }

    private static async Task MigrateAsync(StorePlace place)
    {
        using var keys = place.KeyFile is { } file ? new SealedRecords(new ProtectionKeyFile(file).Read()) : null;
        var protection = keys ?? RecordProtection.Readable;
        await using IStoreMigration migration = place.Database is { } database
            ? await MongoStoreMigration.OpenAsync(
                new MongoStoreOptions
                {
                    ConnectionString = database.Engine.ConnectionString,
                    Database = database.Name,
                    MinPoolSize = 0,
                    Protection = protection,
                },
                TimeProvider.System,
                Cancellation
            )
            : SqliteStoreMigration.Open(
                new SqliteStoreOptions { Directory = place.DataFolder, Protection = protection }
            );
        var before = await migration.ReadAsync(Cancellation);
        before.IsSealed.Should().Be(keys is not null);
        before.Schema.Should().Be(before.KnownSchema - before.Pending.Count);

        await migration.RunAsync(new Progress<MigrationProgress>(), Cancellation);

        var after = await migration.ReadAsync(Cancellation);
        (after.Schema, after.Pending.Count).Should().Be((after.KnownSchema, 0));
    }

    private static async Task KeepsRegistrationsAndKeysAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        var store = exchange.Services.GetRequiredService<IRegistrationStore>();
        var keys = exchange.Services.GetRequiredService<IKeyStore>();
        (await store.ReadRegistrationsAsync(Cancellation))
            .Registrations.Where(r => r.Kind == "client")
            .Select(r => r.Id)
            .Should()
            .Contain(known.Clients);
        foreach (var (purpose, ids) in known.Keys)
            (await keys.ReadKeysAsync(purpose, Cancellation)).Select(key => key.Id).Should().Contain(ids, purpose);
    }

    private static async Task KeepsWhatWasDeletedGoneAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        foreach (var gone in known.Gone ?? [])
        {
            var authority = await exchange.AsAsync(gone.Client);
            (await authority.GetAsync(gone.Address)).Status.Should().Be(410, gone.Address);
            (await authority.GetAsync($"{gone.Address}/_history/1")).Status.Should().Be(200, "history keeps it");
        }
    }

    /// <summary>The same plans in the same versions, and the history with every access of then.</summary>
    private static async Task ShowsWhatItShowedAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        foreach (var before in known.LookUps)
        {
            var now = await StoreLife.LookUpAsync(
                await exchange.AsAsync(before.Client),
                before.Client,
                NhsNumber.Parse(before.Child)
            );
            now.Plans.Should().Equal(before.Plans, $"{before.Client} looked up {before.Child}");
            before.History.Except(now.History).Should().BeEmpty("the history keeps every access");
        }
    }

    private static async Task TakesTheSameUploadAgainAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        var last = known.Uploads[^1];
        var authority = await exchange.AsAsync(last.Client);
        var another = await authority.PostAsync("", last.Bundle + " ", ("X-Request-ID", last.RequestId));
        another.Status.Should().Be(409, "the old answer is still known, and this is another body under its id");

        var again = await authority.PostAsync("", last.Bundle);
        again.Status.Should().Be(200, again.Text);
        foreach (var entry in again.AllEntries)
            entry.GetProperty("response").GetProperty("status").GetString().Should().StartWith("200");
    }

    /// <summary>Each unscheduled access of its plans, and no scheduled one: in no search, no total and no read.</summary>
    private static async Task ShowsAuthoritiesTheirAccessesAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        foreach (var (client, code) in new[] { ("authority-xhf01", "XHF01"), ("authority-xbr02", "XBR02") })
        {
            var authority = await exchange.AsAsync(client);
            var mine = known.Accesses.Where(a => a.Mode == "Unscheduled" && a.Authorities.Contains(code));
            var all = await authority.GetAsync(
                $"AuditEvent?date=le{known.Written:yyyy-MM-ddTHH:mm:ss.fffZ}&_count=100"
            );
            all.Entries("AuditEvent").Select(Id).Should().BeEquivalentTo(mine.Select(a => a.Id));
            all.Total.Should().Be(mine.Count());
            foreach (var access in known.Accesses)
                (await authority.GetAsync($"AuditEvent/{access.Id}"))
                    .Status.Should()
                    .Be(mine.Contains(access) ? 200 : 404, access.ToString());
            var child = known.Accesses.First(a => a.Mode == "Scheduled" && a.Child is not null).Child!;
            var ofChild = await authority.GetAsync($"AuditEvent?patient:identifier={Number}{child}&_count=100");
            ofChild.Text.Should().NotContain("\"scheduled\"");
            ofChild.Total.Should().Be(ofChild.Entries("AuditEvent").Count);
        }

        var audit = await (await exchange.AsAsync("operator")).GetAsync("AuditEvent?_count=100");
        audit.Entries("AuditEvent").Select(Id).Should().Contain(known.Accesses.Select(a => a.Id), "it happened");
    }

    /// <summary>Also by what no version had stored to search by.</summary>
    private static async Task FindsSubscriptionsAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        foreach (var subscription in known.Subscriptions)
        {
            var authority = await exchange.AsAsync($"authority-{subscription.Authority.ToLowerInvariant()}");
            foreach (
                var by in new[]
                {
                    $"criteria={Topic.RecordAccessed.Row().Canonical}",
                    "payload=application/fhir%2Bjson",
                    $"url={Uri.EscapeDataString(subscription.Endpoint)}",
                    "status=requested,active,error,off",
                }
            )
                (await authority.GetAsync("Subscription?" + by))
                    .Entries("Subscription")
                    .Select(Id)
                    .Should()
                    .Contain(subscription.Id, by);
        }
    }

    private static async Task DeliversWhatWasOpenAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        var store = exchange.Services.GetRequiredService<INotificationStore>();
        foreach (var subscription in known.Subscriptions)
        {
            var authority = OdsCode.Parse(subscription.Authority);
            await Eventually.TrueAsync(async () =>
                (await store.ReadOpenObligationsAsync(authority, Cancellation)).Count == 0
                && (await store.ReadLedgerAsync(subscription.Id, Cancellation)).Undelivered == 0
            );
            var events = await store.ReadEventsAsync(subscription.Id, 1, long.MaxValue, 1000, Cancellation);
            events.Should().HaveCountGreaterThanOrEqualTo(subscription.Events.Count);
            foreach (var (before, now) in subscription.Events.Zip(events))
                (now.Number, string.Join(' ', now.Occurrences))
                    .Should()
                    .Be((before.Number, string.Join(' ', before.Occurrences)));
            var sent = exchange
                .Sender.Sent.Where(notice => notice.Endpoint.AbsoluteUri == subscription.Endpoint)
                .SelectMany(notice =>
                    NotificationReader.TryRead(notice.Body, out var read) ? read.Events.Select(e => e.Number) : []
                )
                .ToList();
            subscription.Events.Where(e => !e.Delivered).Select(e => e.Number).Except(sent).Should().BeEmpty();
            subscription.Events.Where(e => e.Delivered).Select(e => e.Number).Intersect(sent).Should().BeEmpty();
        }

        (await store.ReadOpenObligationsAsync(OdsCode.Parse("XBR02"), Cancellation))
            .Count.Should()
            .BeGreaterThanOrEqualTo(known.Open["XBR02"], "nobody took it");
    }

    /// <summary>A child of whom nobody was told: the next number, on the Subscription of then.</summary>
    private static async Task NumbersWithoutGapAsync(ExchangeOnStore exchange, Acknowledged known)
    {
        var store = exchange.Services.GetRequiredService<INotificationStore>();
        var subscription = known.Subscriptions[0];
        var last = (await store.ReadLedgerAsync(subscription.Id, Cancellation)).EventCount;
        exchange.Clock.MoveTo(known.Written.AddHours(14));
        var nurse = await exchange.AsAsync("hareford-ed-triage");
        (await nurse.LookUpAsync(NhsNumber.Parse(known.LookUps[0].Child))).Total.Should().BePositive();

        await Eventually.TrueAsync(async () =>
            await store.ReadLedgerAsync(subscription.Id, Cancellation) is { EventCount: var count, Undelivered: 0 }
            && count == last + 1
        );
        (await store.ReadEventsAsync(subscription.Id, 1, long.MaxValue, 1000, Cancellation))
            .Select(e => e.Number)
            .Should()
            .Equal(Enumerable.Range(1, (int)last + 1).Select(n => (long)n));
    }

    private static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;
}
