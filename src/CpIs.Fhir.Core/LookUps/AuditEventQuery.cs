using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The search for AuditEvents by an authority or an operator: <c>patient:identifier</c>, <c>date</c>,
/// <c>_count</c>. An authority's search is bound to accesses that concern it, whatever it asks.
/// </summary>
public static class AuditEventQuery
{
    /// <summary>Reads the parameters; an unknown one is refused.</summary>
    /// <param name="parameters">Names and values, decoded.</param>
    /// <param name="caller">An authority or an operator.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static Result<OccurrenceQuery> Parse(
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        Caller caller,
        int defaultCount
    )
    {
        var query = new OccurrenceQuery
        {
            Count = defaultCount,
            Concerning = caller.Kind == CallerKind.Authority ? caller.Organisation : null,
            Kind = caller.Kind == CallerKind.Authority ? OccurrenceKind.Access : null,
        };
        foreach (var (name, value) in parameters)
            switch (name)
            {
                case "patient:identifier" or "patient.identifier":
                    const string prefix = FhirSystems.NhsNumber + "|";
                    if (query.Child is not null)
                        return Refuse("One child at a time.", name);
                    if (
                        !value.StartsWith(prefix, StringComparison.Ordinal)
                        || !NhsNumber.TryParse(value[prefix.Length..], out var child)
                    )
                        return Refuse($"Invalid NHS number: expected {prefix} and ten digits.", name);
                    query = query with { Child = child };
                    break;
                case "date":
                    if (SearchDate.Parse(value) is not { } date)
                        return Refuse($"Expected is {SearchDate.Form}.", name);
                    var (from, to) = date.Bounds();
                    query = query with { From = Later(query.From, from), To = Earlier(query.To, to) };
                    break;
                case "_count":
                    if (value.Length == 0 || !value.All(char.IsAsciiDigit))
                        return Refuse("_count is a whole number, 0 or more.", name);
                    query = query with
                    {
                        Count = int.TryParse(value, out var count)
                            ? Math.Min(count, SearchQueryParser.MaximumCount)
                            : SearchQueryParser.MaximumCount,
                    };
                    break;
                case "_format" when value is "json" or "application/json" or "application/fhir+json":
                    break;
                default:
                    var shown = name.Length <= 64 ? name : name[..64];
                    return Refuse($"'{shown}' is not a search parameter of AuditEvent here.", shown);
            }
        return query;
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    private static Refusal Refuse(string diagnostics, string parameter) =>
        Refusal.Malformed(diagnostics, parameter, SpineCodes.InvalidSearchData);
}
