using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Stores;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What must hold of a store after a <see cref="Workload"/> was killed, or its store was (promises 1, 2 and 7).</summary>
internal static class WorkloadCheck
{
    /// <summary>Every Bundle is whole or absent, with its answer and audit; whatever was said is there.</summary>
    /// <returns>Ids of the accesses that oblige to tell, said or not.</returns>
    public static async Task<HashSet<string>> RunAsync(
        IExchangeStore store,
        IReadOnlyCollection<string> told,
        CancellationToken cancellation
    )
    {
        await store.CheckWritableAsync(cancellation);
        var bundles = await ReadBundlesAtRestAsync(store, cancellation);
        bundles.Values.Should().OnlyContain(size => size == Workload.BundleSize);
        foreach (var bundle in bundles.Keys)
        {
            (await store.ReadAnswerAsync("herts", bundle, cancellation)).Should().NotBeNull();
            (await store.ReadOccurrenceAsync($"upload-{bundle}", cancellation)).Should().NotBeNull();
        }

        var accesses = await ReadAccessesAsync(store, cancellation);
        var said = told.Select(line => line.Split(' ')).ToLookup(line => line[0], line => line[1]);
        bundles.Keys.Should().Contain(said["bundle"]);
        said["access"].Where(id => !accesses.Contains(id)).Should().BeEmpty("what was said to be durable is there");
        return accesses;
    }

    /// <summary>A commit that was sent before the kill may come to be between two pages.</summary>
    private static async Task<Dictionary<string, int>> ReadBundlesAtRestAsync(
        IExchangeStore store,
        CancellationToken cancellation
    )
    {
        var (before, now) = (new Dictionary<string, int>(), await ReadBundlesAsync(store, cancellation));
        while (before.Values.Sum() != now.Values.Sum())
            (before, now) = (now, await ReadBundlesAsync(store, cancellation));
        return now;
    }

    private static async Task<Dictionary<string, int>> ReadBundlesAsync(
        IExchangeStore store,
        CancellationToken cancellation
    )
    {
        var bundles = new Dictionary<string, int>();
        var query = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, []) { Count = 1000 };
        Page<StoredResource> page;
        do
        {
            page = await ((IRecordStore)store).SearchAsync(query, cancellation);
            foreach (var resource in page.Items)
                bundles[Bundle(resource)] = bundles.GetValueOrDefault(Bundle(resource)) + 1;
            query = query with { After = page.Next };
        } while (page.Next is not null);
        return bundles;
    }

    private static async Task<HashSet<string>> ReadAccessesAsync(IExchangeStore store, CancellationToken cancellation)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var query = new OccurrenceQuery { Concerning = Make.Herts, Count = 1000 };
        Page<Occurrence> page;
        do
        {
            page = await store.SearchOccurrencesAsync(query, cancellation);
            ids.UnionWith(page.Items.Select(access => access.Id));
            query = query with { After = page.Next };
        } while (page.Next is not null);
        return ids;
    }

    private static string Bundle(StoredResource resource) =>
        resource.Tokens.Single(t => t.StartsWith("bundle=", StringComparison.Ordinal))["bundle=".Length..];
}
