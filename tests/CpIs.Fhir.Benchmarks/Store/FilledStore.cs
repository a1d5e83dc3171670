using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>A store that one county has uploaded into, the way a county does: resources and tokens are the real ones.</summary>
internal static class FilledStore
{
    public static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    public static readonly DateOnly Today = new(2026, 11, 23);

    private static readonly Caller County = new(
        "county",
        Authority,
        "A county",
        CallerKind.Authority,
        null,
        [],
        SmartScopes.Of(CallerKind.Authority)
    );

    public static IEnumerable<ReadOnlyMemory<byte>> Bundles(int children) =>
        SyntheticUpload.Bundles(SyntheticPopulation.OfCounty(Authority, children, Today), 300);

    /// <summary>Uploads until at least this many records are held.</summary>
    public static async Task<TemporaryStore> OpenAsync(int records, RecordProtection? protection = null)
    {
        var time = new Noon();
        var store = await TemporaryStore.OpenAsync(protection);
        var upload = new TransactionUpload(
            store.Store,
            new IdempotentWrite(store.Store, time),
            new Directory(),
            new UploadOptions(),
            new NoAlarms(),
            new IdGenerator(time),
            time,
            new WriteCheck(ConformanceSet.CoreAndOurs(), []),
            new LoadedUploads(store.Store, new Directory(), time)
        );
        var held = 0L;
        foreach (var bundle in Bundles(records))
        {
            var request = WriteRequest.Of("county", Guid.NewGuid().ToString(), false, "POST", "", bundle.Span);
            var answer = await upload.ExecuteAsync(new Upload(County, request, null, bundle), default);
            if (answer.Refusal is { } refusal)
                throw new InvalidOperationException(refusal.Issues[0].Diagnostics);
            held = 0;
            foreach (var type in new[] { RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag })
                held += (
                    await store.Store.SearchAsync(new RecordQuery(type, Authority, []) { Count = 0 }, default)
                ).Total;
            if (held >= records)
                return store;
        }

        throw new InvalidOperationException($"Only {held} records.");
    }

    /// <summary>The population is made for that day.</summary>
    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(Today, new TimeOnly(12, 0), TimeSpan.Zero);
    }

    private sealed class Directory : IOrganisationDirectory
    {
        public OrganisationDirectory Current { get; } =
            new(
                1,
                [
                    new Organisation
                    {
                        Code = Authority,
                        Name = "A county",
                        Kind = CallerKind.Authority,
                        ResourceId = "county",
                        EmergencyDutyPhone = "01632960000",
                    },
                ],
                []
            );
    }
}
