using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Records;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>A file of an earlier version is brought forward when it is opened, with everything in it.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-old-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Migrations_are_numbered_from_one_without_gap()
    {
        Migration.All.Select(m => m.Version).Should().Equal(Enumerable.Range(1, Migration.All.Count));
    }

    [Fact]
    public async Task A_file_of_the_first_version_keeps_what_it_holds_and_can_do_what_is_new()
    {
        MakeFirstVersion();
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _directory },
            new FakeTimeProvider(Make.Noon),
            Cancellation
        );

        (await store.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation))!.Tokens.Should().Equal("v=1");
        (await store.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation))!.Version.Should().Be(2);
        (await store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Should().Be((1, Make.Noon));
        (await store.ReadLedgerAsync("s", Cancellation))
            .Should()
            .Be(new SubscriptionLedger(1, 1, Make.Noon, null, null, null));

        (await store.RemoveOccurrencesAsync(DateTimeOffset.MaxValue, 9, Cancellation)).Should().Be(1, "the miss");
        var delivery = (await store.ClaimDueAsync(Make.Noon, TimeSpan.FromMinutes(1), 9, Cancellation)).Single();
        delivery.Events.Single().Occurrences.Should().Equal("hit");
        (await store.SettleAsync(delivery, Make.Noon, Cancellation)).Should().BeTrue();
        (await store.ReadLedgerAsync("s", Cancellation)).LastTaken.Should().Be(Make.Noon);
        (await store.RemoveEventsAsync(DateTimeOffset.MaxValue, 9, Cancellation)).Should().Be(1);
        (await store.RemoveOccurrencesAsync(DateTimeOffset.MaxValue, 9, Cancellation)).Should().Be(1);
        (await store.SearchOccurrencesAsync(new OccurrenceQuery { Concerning = Make.Herts }, Cancellation))
            .Total.Should()
            .Be(0);
        (await store.RemoveVersionsAsync(DateTimeOffset.MaxValue, 9, Cancellation)).Should().Be(1);
        (await store.TryHoldAsync("work", "a", Make.Noon, TimeSpan.FromMinutes(1), Cancellation)).Should().BeTrue();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void MakeFirstVersion()
    {
        using var connection = Connection.OpenWriter(Path.Combine(_directory, "cpis.db"));
        connection.RunScript(
            $"BEGIN; {Migration.All[0].Script} PRAGMA application_id=1129335123; PRAGMA user_version=1; COMMIT;"
        );
        // Written by what writes today, which knows more columns.
        connection.RunScript(
            """
            ALTER TABLE obligation ADD COLUMN taken INTEGER;
            ALTER TABLE obligation ADD COLUMN taken_by TEXT;
            ALTER TABLE obligation ADD COLUMN topic INTEGER;
            ALTER TABLE subscription ADD COLUMN sends INTEGER;
            ALTER TABLE subscription ADD COLUMN topic INTEGER;
            """
        );
        for (var version = 1; version <= 2; version++)
            new PreparedChange(
                new Change(Make.Resource("e", version: version, identity: "i", tokens: $"v={version}"), version - 1),
                RecordProtection.Readable
            )
                .TryWrite(connection)
                .Should()
                .BeTrue();
        new PreparedChange(new Change(Make.Subscription("s"), 0), RecordProtection.Readable)
            .TryWrite(connection)
            .Should()
            .BeTrue();
        new PreparedOccurrence(Make.Access("hit", authorities: Make.Herts), RecordProtection.Readable).Write(
            connection
        );
        new PreparedOccurrence(Make.Access("miss"), RecordProtection.Readable).Write(connection);
        // As the first version numbered it; later ones look at indexes that it did not have.
        connection.RunScript(
            """
            INSERT INTO event (subscription, number, time, person, organisation, child, due)
                SELECT 's', 1, time, person, organisation, child, time FROM obligation;
            INSERT INTO event_obligation SELECT 's', 1, key FROM obligation;
            UPDATE subscription SET last_number = 1, numbered_to = (SELECT key FROM obligation);
            ALTER TABLE obligation DROP COLUMN taken;
            ALTER TABLE obligation DROP COLUMN taken_by;
            ALTER TABLE obligation DROP COLUMN topic;
            ALTER TABLE subscription DROP COLUMN sends;
            ALTER TABLE subscription DROP COLUMN topic;
            """
        );
    }
}
