using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Retention;

/// <summary>
/// Walks over all Patients, oldest first, and removes what <see cref="RetentionRule"/> says of each child. A child's records
/// go in one commit upon their versions: an upload that comes between keeps them, and the next walk looks again.
/// </summary>
internal sealed class RecordWalk(IRecordStore records, int days, TimeProvider time)
{
    /// <summary>One stretch of the walk.</summary>
    /// <param name="after">Where the last one ended; null to begin.</param>
    /// <param name="count">Patients in it at most.</param>
    /// <param name="removed">Told of each commit.</param>
    /// <param name="cancellation">Stops between two children.</param>
    /// <returns>Where it ended; null at the end of the walk.</returns>
    public async Task<PagePosition?> StepAsync(
        PagePosition? after,
        int count,
        Action<IReadOnlyList<Removal>> removed,
        CancellationToken cancellation
    )
    {
        var query = new RecordQuery(RecordType.Patient, null, []) { Count = count, After = after };
        var page = await records.SearchAsync(query, cancellation).ConfigureAwait(false);
        foreach (var patient in page.Items)
        {
            var held = await records.ReadChildAsync(patient.Child!.Value, cancellation).ConfigureAwait(false);
            // As it is in the same reading as the rest.
            if (held.FirstOrDefault(r => r.Type == RecordType.Patient && r.Id == patient.Id) is not { } current)
                continue;
            var removals = RetentionRule.Removals(current, held, days, LondonCalendar.DayOf(time.GetUtcNow()));
            if (removals.Count == 0)
                continue;
            var outcome = await records
                .CommitAsync(new Commit { Removals = removals }, cancellation)
                .ConfigureAwait(false);
            if (outcome == CommitOutcome.Committed)
                removed(removals);
        }

        return page.Next;
    }
}
