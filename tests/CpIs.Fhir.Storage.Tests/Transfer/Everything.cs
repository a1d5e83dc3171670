using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A little of everything that a store can hold, and what can be asked of it.</summary>
internal static class Everything
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Fills an empty store. The clock of the store stands at <see cref="Make.Noon"/>.</summary>
    public static async Task FillAsync(IExchangeStore store, CancellationToken cancellation)
    {
        for (var version = 1; version <= 4; version++)
            await CommitAsync(store, Make.Commit(Patient(version), Episode(version)), cancellation);
        await store.RemoveVersionsAsync(Make.Noon.AddMinutes(2), 2, cancellation);
        await CommitAsync(
            store,
            Make.Commit(Make.Subscription("s", maxCount: 2), Make.Subscription("off", status: SubscriptionStatus.Off)),
            cancellation
        );
        for (var i = 1; i <= 3; i++)
            await store.RecordAsync(Hit(i, Make.Herts, Make.Essex), cancellation);
        await store.RecordAsync(Make.Access("miss"), cancellation);
        await NumberAsync(store, cancellation);
        var first = (await ClaimAsync(store, cancellation)).Single();
        await store.SettleAsync(first, Make.Noon.AddMinutes(11), cancellation);
        var second = (await ClaimAsync(store, cancellation)).Single();
        await store.RescheduleAsync(second, Make.Noon.AddMinutes(12), Make.Noon.AddMinutes(40), "503", cancellation);
        await store.RecordAsync(Hit(4, Make.Herts), cancellation);
        await CommitAsync(
            store,
            Make.Commit() with
            {
                Registrations =
                [
                    new Registration("client", "c", "{\"a\":1}"u8.ToArray()),
                    new Registration("organisation", "E10000015", "{}"u8.ToArray()),
                ],
                Occurrence = Make.Access("change") with { Kind = OccurrenceKind.Administration, Child = null },
                Answer = Make.Answer("kept"),
            },
            cancellation
        );
        await CommitAsync(
            store,
            Make.Commit() with
            {
                Registrations = [new Registration("client", "c", "{\"a\":2}"u8.ToArray())],
                Answer = Make.Answer("expired", expires: Make.Noon),
            },
            cancellation
        );
        await store.SaveKeyAsync(new SigningKey("token", "k1", new byte[] { 1, 2, 3 }, Make.Noon), cancellation);
        await store.SaveKeyAsync(
            new SigningKey("webhook", "k2", new byte[] { 4, 0, 5 }, Make.Noon, Make.Noon.AddDays(1)),
            cancellation
        );
        // Whoever sends a jti may put anything into it.
        await store.TryUseOnceAsync("jti", "used\n'once", Make.Noon.AddMinutes(5), cancellation);
        await store.TryUseOnceAsync("jti", "expired", Make.Noon, cancellation);
    }

    /// <summary>All that a store answers of it.</summary>
    public static async Task<string> ShowAsync(IExchangeStore store, CancellationToken cancellation)
    {
        var shown = new List<object?>();
        foreach (var (type, id) in new[] { (RecordType.Patient, "p"), (RecordType.EpisodeOfCare, "e") })
            for (var version = 1; version <= 4; version++)
                shown.Add(Shown(await store.ReadAsync(type, id, version, cancellation)));
        shown.Add(Shown(await store.ReadAsync(RecordType.Subscription, "s", null, cancellation)));
        shown.Add(
            (await store.ReadChildAsync(Make.Child(1), cancellation)).OrderBy(r => r.Type).Select(Shown).ToList()
        );
        shown.Add(
            (await store.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["E10000015|plan"], cancellation)).Values.Select(
                Shown
            )
        );
        foreach (var token in new[] { "name=now", "name=then", "k=v\"" })
        foreach (var authority in new OdsCode?[] { Make.Herts, null })
            shown.Add(
                (
                    await store.SearchAsync(
                        new RecordQuery(RecordType.Patient, authority, [new Condition.AnyToken([token])]),
                        cancellation
                    )
                ).Total
            );
        shown.Add(
            await store.ReadHistoryAsync(Make.Child(1), "x", Make.Noon, 25, DateTimeOffset.MaxValue, cancellation)
        );
        shown.Add(await store.SearchOccurrencesAsync(new OccurrenceQuery { Concerning = Make.Essex }, cancellation));
        shown.Add(await store.SearchOccurrencesAsync(new OccurrenceQuery(), cancellation));
        foreach (var id in new[] { "s", "off" })
        {
            shown.Add(await store.ReadLedgerAsync(id, cancellation));
            shown.Add(await store.ReadEventsAsync(id, 1, 99, 99, cancellation));
        }

        foreach (var authority in new[] { Make.Herts, Make.Essex })
            shown.Add((await store.ReadOpenObligationsAsync(authority, cancellation)).ToString());
        var registrations = await store.ReadRegistrationsAsync(cancellation);
        shown.Add(registrations.Stamp);
        shown.Add(registrations.Registrations.Select(r => $"{r.Kind} {r.Id} {Text(r.Json)}"));
        foreach (var purpose in new[] { "token", "webhook" })
            shown.Add(await store.ReadKeysAsync(purpose, cancellation));
        foreach (var request in new[] { "kept", "expired" })
            shown.Add(await store.ReadAnswerAsync("herts", request, cancellation));
        return JsonSerializer.Serialize(shown, Indented);
    }

    private static object? Shown(StoredResource? resource) =>
        resource is null
            ? null
            : new
            {
                Resource = resource with
                {
                    Tokens = [.. resource.Tokens.Order(StringComparer.Ordinal)],
                },
                Body = Text(resource.Body),
            };

    private static StoredResource Patient(int version) =>
        Make.Resource(
            "p",
            RecordType.Patient,
            version: version,
            identity: "E10000015|" + Make.Child(1).Digits,
            child: Make.Child(1),
            updated: Make.Noon.AddMinutes(version),
            tokens: [version == 4 ? "name=now" : "name=then", "k=v\""]
        ) with
        {
            BirthDate = new DateOnly(2020, 2, 29),
            SettingView = Encoding.UTF8.GetBytes($"{{\"view\":{version}}}"),
        };

    private static StoredResource Episode(int version) =>
        Make.Resource(
            "e",
            version: version,
            identity: "E10000015|plan",
            child: Make.Child(1),
            updated: Make.Noon.AddMinutes(version)
        ) with
        {
            Plan = new Plan("e", PlanTypes.LookedAfter, PlanStatus.Active, new DateOnly(2026, 1, 1), null)
            {
                IsProtected = version == 2,
            },
        };

    private static Occurrence Hit(int i, params OdsCode[] authorities) =>
        Make.Access($"hit{i}", Make.Noon.AddMinutes(i), Make.Child(i), authorities: authorities);

    private static Task<int> NumberAsync(IExchangeStore store, CancellationToken cancellation) =>
        store.NumberObligationsAsync(Make.Noon, default, 100, cancellation);

    private static Task<IReadOnlyList<Delivery>> ClaimAsync(IExchangeStore store, CancellationToken cancellation) =>
        store.ClaimDueAsync(Make.Noon.AddMinutes(10), TimeSpan.FromMinutes(1), 10, cancellation);

    private static async Task CommitAsync(IExchangeStore store, Commit commit, CancellationToken cancellation) =>
        (await store.CommitAsync(commit, cancellation)).Should().Be(CommitOutcome.Committed);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
