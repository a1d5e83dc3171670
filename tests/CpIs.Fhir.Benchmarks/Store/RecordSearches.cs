using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// An authority's searches over 20,000 records, first page with its total. The floor is a read by primary key: the least
/// that an answer from this store can cost.
/// </summary>
[MemoryDiagnoser]
public class RecordSearches
{
    private TemporaryStore? _store;
    private string _id = "";
    private RecordQuery? _byIdentifier;
    private RecordQuery? _byPatient;
    private RecordQuery? _byDate;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _store = await FilledStore.OpenAsync(20_000);
        var all = new RecordQuery(RecordType.EpisodeOfCare, FilledStore.Authority, []) { Count = 1_000 };
        var plan = (await _store.Store.SearchAsync(all, default)).Items[500];
        _id = plan.Id;
        _byIdentifier = Query("identifier", IdentifierOf(plan));
        _byPatient = Query("patient:identifier", $"{Core.FhirSystems.NhsNumber}|{plan.Child!.Value.Digits}");
        _byDate = Query("date", "ge2026-10");
        foreach (var query in new[] { _byIdentifier, _byPatient, _byDate })
        {
            var page = await _store.Store.SearchAsync(query, default);
            Console.WriteLine($"// {page.Items.Count} of {page.Total}");
            if (page.Total == 0)
                throw new InvalidOperationException("The search finds nothing.");
        }
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _store!.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<StoredResource?> PrimaryKeyRead() =>
        _store!.Store.ReadAsync(RecordType.EpisodeOfCare, _id, null, default);

    [Benchmark]
    public Task<Page<StoredResource>> ByIdentifier() => _store!.Store.SearchAsync(_byIdentifier!, default);

    [Benchmark]
    public Task<Page<StoredResource>> ByPatient() => _store!.Store.SearchAsync(_byPatient!, default);

    /// <summary>Every plan that ran in October 2026 or later: thousands, of which a page of 50 is read and the rest is counted.</summary>
    [Benchmark]
    public Task<Page<StoredResource>> ByDate() => _store!.Store.SearchAsync(_byDate!, default);

    private static string IdentifierOf(StoredResource plan) =>
        plan.Tokens.First(t => t.StartsWith("identifier=", StringComparison.Ordinal))["identifier=".Length..];

    private static RecordQuery Query(string name, string value)
    {
        var parsed = RecordSearch.Read(
            RecordType.EpisodeOfCare,
            [KeyValuePair.Create(name, value)],
            FilledStore.Authority
        );
        return parsed.IsRefused(out var refusal, out var query)
            ? throw new InvalidOperationException(refusal.Issues[0].Diagnostics)
            : query;
    }
}
