using CpIs.Fhir.Conformance.Synthetic;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Cli.Bench;

/// <summary>
/// Fills an empty store with synthetic children the way an authority's uploads do, rules and all, but without HTTP, without
/// kept answers and in large commits.
/// </summary>
/// <param name="store">The store; nobody else writes to it.</param>
/// <param name="time">Clock; the population must be made for its day.</param>
internal sealed class StoreFill(IRecordStore store, TimeProvider time)
{
    private const int EntriesOfOneCommit = 1_000;
    private static readonly UploadOptions Options = new()
    {
        MaximumEntries = EntriesOfOneCommit,
        MaximumBytes = 16 * 1_024 * 1_024,
    };

    /// <summary>Writes everybody.</summary>
    /// <param name="population">Whom; none of them is in the store.</param>
    /// <param name="lanes">Commits under way at a time.</param>
    /// <param name="done">Told after each commit how many resources it held.</param>
    /// <param name="cancellation">Ends it between two commits.</param>
    public Task RunAsync(SyntheticPopulation population, int lanes, Action<int> done, CancellationToken cancellation)
    {
        var empty = new StoreKnownEmpty(store);
        var upload = new TransactionUpload(
            empty,
            new IdempotentWrite(empty, time),
            new NobodyRegistered(),
            Options,
            new IdGenerator(time),
            time
        );
        var caller = CallerOf(population.Authority);
        return Parallel.ForEachAsync(
            Chunks(population),
            new ParallelOptions { MaxDegreeOfParallelism = lanes, CancellationToken = cancellation },
            async (children, token) =>
            {
                var bundle = SyntheticUpload.Bundle(population.Authority, children);
                // Not to be repeated, so no answer is kept.
                var request = WriteRequest.Of(caller.ClientId, "fill", mayRepeat: false, "POST", "", default);
                var answer = await upload.ExecuteAsync(new Upload(caller, request, null, bundle), token);
                if (answer.IsRefused(out var refusal, out _))
                    throw new InvalidOperationException(
                        $"{refusal.Issues[0].Expression}: {refusal.Issues[0].Diagnostics}"
                    );
                // Of each plan its Flag too.
                done(children.Sum(child => 1 + 2 * child.Plans.Count));
            }
        );
    }

    private static IEnumerable<IReadOnlyList<SyntheticChild>> Chunks(SyntheticPopulation population)
    {
        var (chunk, entries) = (new List<SyntheticChild>(), 0);
        foreach (var child in population.Children())
        {
            if (entries + 1 + child.Plans.Count > EntriesOfOneCommit)
            {
                yield return chunk;
                (chunk, entries) = ([], 0);
            }

            chunk.Add(child);
            entries += 1 + child.Plans.Count;
        }

        yield return chunk;
    }

    private static Caller CallerOf(OdsCode authority) =>
        new(
            "bench-fill",
            authority,
            "An authority of the bench",
            CallerKind.Authority,
            null,
            [],
            SmartScopes.Of(CallerKind.Authority)
        );

    private sealed class NobodyRegistered : IOrganisationDirectory
    {
        public OrganisationDirectory Current => OrganisationDirectory.Empty;
    }
}
