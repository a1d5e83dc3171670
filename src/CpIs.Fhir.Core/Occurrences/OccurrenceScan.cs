using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>
/// A search by what no index tells: who asked, what was shown, how it ended. It opens everything that the rest of the search finds, so
/// the rest must be narrow.
/// </summary>
/// <param name="store">Where occurrences are.</param>
/// <param name="holds">What must hold of each.</param>
public sealed class OccurrenceScan(IOccurrenceStore store, Func<Occurrence, bool> holds)
{
    private const int AtOnce = 1_000;

    /// <summary>A page of those of the query for which it holds.</summary>
    public async Task<Page<Occurrence>> RunAsync(OccurrenceQuery query, CancellationToken cancellation)
    {
        var (total, items) = (0, new List<Occurrence>());
        for (PagePosition? after = null; ; )
        {
            var found = await store
                .SearchOccurrencesAsync(query with { Count = AtOnce, After = after }, cancellation)
                .ConfigureAwait(false);
            foreach (var occurrence in found.Items.Where(holds))
            {
                total++;
                // One more than asked for, which says whether there is a next page.
                if (items.Count <= query.Count && IsBehind(occurrence, query))
                    items.Add(occurrence);
            }

            if (found.Next is null)
                break;
            after = found.Next;
        }

        if (items.Count <= query.Count)
            return new Page<Occurrence>(items, total, null);
        items.RemoveAt(items.Count - 1);
        return new Page<Occurrence>(
            items,
            total,
            items.Count == 0 ? null : new PagePosition(items[^1].Time, items[^1].Id)
        );
    }

    private static bool IsBehind(Occurrence occurrence, OccurrenceQuery query)
    {
        if (query.After is not { } after)
            return true;
        var order = occurrence.Time.CompareTo(after.Time);
        if (order == 0)
            order = string.CompareOrdinal(occurrence.Id, after.Id);
        return query.Order == RecordOrder.OldestFirst ? order > 0 : order < 0;
    }
}
