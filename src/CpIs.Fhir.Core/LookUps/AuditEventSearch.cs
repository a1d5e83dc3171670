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
    /// <summary>The query that was asked.</summary>
    /// <param name="asked">The parameters, read by <see cref="SearchTables.AuditEvent"/>.</param>
    /// <param name="caller">An authority or an operator.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static Result<OccurrenceQuery> Query(AskedParameters asked, Caller caller, int defaultCount)
    {
        NhsNumber? child = null;
        if (asked.Of("patient").FirstOrDefault() is { } patient)
        {
            if (
                patient.Value.System != FhirSystems.NhsNumber
                || !NhsNumber.TryParse(patient.Value.Text, out var number)
            )
                return patient.Refuse(LookUpParameters.InvalidNumber);
            child = number;
        }

        // An AuditEvent never changes: it was last updated when it was recorded.
        var times = asked.Of("date").Concat(asked.Of("_lastUpdated")).Select(t => t.Value.Date!.Instants()).ToList();
        return new OccurrenceQuery
        {
            Concerning = caller.Kind == CallerKind.Authority ? caller.Organisation : null,
            Kind = caller.Kind == CallerKind.Authority ? OccurrenceKind.Access : null,
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
