using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Holdings;

/// <summary>
/// Walks over everything that an authority holds, a page at a time, in the order of what no write changes. So it needs no snapshot: no child is
/// passed over or seen twice because others change, and memory does not depend on how many there are.
/// </summary>
/// <param name="store">Where it is held.</param>
public sealed class HoldingsWalk(IRecordStore store)
{
    /// <summary>Children on a page.</summary>
    public const int PageSize = 200;

    /// <summary>One page.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="after">Where the page before ended; null to begin.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<HoldingsPage> PageAsync(OdsCode authority, string? after, CancellationToken cancellation)
    {
        var patients = await store.ReadPatientsAsync(authority, after, PageSize, cancellation).ConfigureAwait(false);
        if (patients.Count == 0)
            return new HoldingsPage([], null);
        var own = await store
            .ReadOwnAsync(authority, [.. patients.Select(patient => patient.Child!.Value)], cancellation)
            .ConfigureAwait(false);
        var plans = own.Where(IsHeld).ToLookup(plan => plan.Child!.Value);
        // Each as it is in the same reading as its plans.
        var now = own.Where(each => each.Type == RecordType.Patient).ToDictionary(patient => patient.Id);
        return new HoldingsPage(
            [
                .. patients
                    .Where(patient => now.ContainsKey(patient.Id) && plans.Contains(patient.Child!.Value))
                    .Select(patient => new HeldChild(
                        now[patient.Id],
                        [
                            .. plans[patient.Child!.Value]
                                .OrderBy(plan => plan.Identity, StringComparer.Ordinal)
                                .ThenBy(plan => plan.Id, StringComparer.Ordinal),
                        ]
                    )),
            ],
            patients.Count < PageSize ? null : patients[^1].Id
        );
    }

    /// <summary>All children that have a plan, as they are read.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="cancellation">Ends it between two pages.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async IAsyncEnumerable<HeldChild> AllAsync(
        OdsCode authority,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? after = null;
        do
        {
            var page = await PageAsync(authority, after, cancellation).ConfigureAwait(false);
            foreach (var child in page.Children)
                yield return child;
            after = page.Next;
        } while (after is not null);
    }

    private static bool IsHeld(StoredResource own) =>
        own is { Type: RecordType.EpisodeOfCare, IsDeleted: false, Plan.Status: not PlanStatus.Withdrawn };
}
