using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The search for AuditEvents by an authority or an operator. An authority's search is bound to accesses that concern it,
/// whatever it asks.
/// </summary>
public static class AuditEventSearch
{
    /// <summary>
    /// The longest time of which every access is opened, to see who asked, what was shown or how it ended.
    /// </summary>
    public static readonly TimeSpan LongestOfDetails = TimeSpan.FromDays(31);

    /// <summary>A page of what was asked, or why it cannot be answered.</summary>
    /// <param name="store">Where accesses are.</param>
    /// <param name="asked">The parameters, read by <see cref="SearchTables.AuditEvent"/>.</param>
    /// <param name="caller">An authority or an operator.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    /// <param name="now">The time of the request.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static async Task<Result<Page<Occurrence>>> RunAsync(
        IOccurrenceStore store,
        AskedParameters asked,
        Caller caller,
        PagePosition? after,
        int defaultCount,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var attendance = AttendanceOf(asked, caller);
        var opener = attendance is null
            ? null
            : await store.ReadOccurrenceAsync(attendance, cancellation).ConfigureAwait(false);
        if (
            Query(asked, caller, defaultCount).IsRefused(out var refusal, out var query)
            || AuditEventDetails.Of(asked, caller, opener).IsRefused(out refusal, out var details)
        )
            return refusal;
        query = query with { After = after };
        if (attendance is not null)
        {
            // Another authority's is unknown to it, in the same answer.
            if (opener is null || Within(query, opener, caller.Organisation) is not { } within)
                return new Page<Occurrence>([], 0, null);
            query = within;
        }

        if (details is null)
            return await store.SearchOccurrencesAsync(query, cancellation).ConfigureAwait(false);
        if (query is { Child: null, Ids: null } && !((query.To ?? now) - query.From <= LongestOfDetails))
            return Refusal.Malformed(
                $"A search by agent, entity or outcome needs patient:identifier, one attendance, or date=ge and date=le that are at most {LongestOfDetails.TotalDays:0} days apart.",
                "date",
                SpineCodes.MissingValue
            );
        return await new OccurrenceScan(store, details).RunAsync(query, cancellation).ConfigureAwait(false);
    }

    /// <summary>The one attendance of which an authority asks for the accesses, or null.</summary>
    private static string? AttendanceOf(AskedParameters asked, Caller caller) =>
        caller.Kind == CallerKind.Authority
            ? asked
                .Of("entity")
                .Select(entity => entity.Values is [{ System: FhirSystems.Attendance } only] ? only.Text : null)
                .FirstOrDefault(id => id is not null)
            : null;

    /// <summary>What was asked, no wider than the attendance; null when it cannot be of both.</summary>
    private static OccurrenceQuery? Within(OccurrenceQuery query, Occurrence opener, OdsCode authority) =>
        Attendance.Accesses(opener, authority) is { } accesses && (query.Child ?? opener.Child) == opener.Child
            ? query with
            {
                Child = accesses.Child,
                From = accesses.From > query.From || query.From is null ? accesses.From : query.From,
                To = accesses.To < query.To || query.To is null ? accesses.To : query.To,
            }
            : null;

    private static Result<OccurrenceQuery> Query(AskedParameters asked, Caller caller, int defaultCount)
    {
        NhsNumber? child = null;
        if (asked.Of("patient").FirstOrDefault() is { } patient)
        {
            if (
                patient.Value.System != FhirSystems.NhsNumber
                || !NhsNumber.TryParse(patient.Value.Text, out var number)
            )
                return patient.Refuse(LookUpParameters.InvalidNumber);
            if (caller.Kind == CallerKind.Operator)
                return Refusal.Forbidden("Operators cannot search accesses by child.");
            child = number;
        }

        // An AuditEvent never changes: it was last updated when it was recorded.
        var times = asked.Of("date").Concat(asked.Of("_lastUpdated")).Select(t => t.Value.Date!.Instants()).ToList();
        return new OccurrenceQuery
        {
            Concerning = caller.Kind == CallerKind.Authority ? caller.Organisation : null,
            // By id, whatever a notice names is found; else what is searched for is accesses.
            Kind = caller.Kind == CallerKind.Authority && asked.Ids is null ? OccurrenceKind.Access : null,
            Child = child,
            Ids = asked.Ids,
            From = times.Where(range => !range.IsOutside).Max(range => range.From),
            To = times.Where(range => !range.IsOutside).Min(range => range.To),
            Outside = [.. times.Where(range => range.IsOutside)],
            Order = asked.IsNewestFirst == false ? RecordOrder.OldestFirst : RecordOrder.NewestFirst,
            Count = asked.Count(defaultCount),
        };
    }
}
