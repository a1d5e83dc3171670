using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The search for AuditEvents by an authority or an operator: <c>patient:identifier</c>, <c>date</c> (ge, le, gt, lt, eq),
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
                    if (Bounds(value) is not { } bounds)
                        return Refuse("A date is yyyy-mm-dd or an instant, with eq, ge, le, gt or lt before it.", name);
                    // Several dates bound together: the latest beginning and the earliest end.
                    query = query with
                    {
                        From = query.From > bounds.From ? query.From : bounds.From ?? query.From,
                        To = query.To < bounds.To ? query.To : bounds.To ?? query.To,
                    };
                    break;
                case "_count":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                        return Refuse("_count is a whole number, 0 or more.", name);
                    query = query with { Count = Math.Min(count, MaximumCount) };
                    break;
                case "_format" when value is "json" or "application/json" or "application/fhir+json":
                    break;
                default:
                    var shown = name.Length <= 64 ? name : name[..64];
                    return Refuse($"'{shown}' is not a search parameter of AuditEvent here.", shown);
            }
        return query;
    }

    private const int MaximumCount = 1000;

    private static (DateTimeOffset? From, DateTimeOffset? To)? Bounds(string value)
    {
        var comparator = value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[..2] : "eq";
        var text = comparator == "eq" && !value.StartsWith("eq", StringComparison.Ordinal) ? value : value[2..];
        (DateTimeOffset From, DateTimeOffset To) span;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            span = (
                Plans.LondonCalendar.StartOf(day),
                Plans.LondonCalendar.StartOf(day.AddDays(1)).AddMilliseconds(-1)
            );
        else if (
            text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var instant
            )
        )
            span = (instant, instant);
        else
            return null;
        return comparator switch
        {
            "eq" => (span.From, span.To),
            "ge" => (span.From, null),
            "gt" => (span.To.AddMilliseconds(1), null),
            "le" => (null, span.To),
            "lt" => (null, span.From.AddMilliseconds(-1)),
            _ => null,
        };
    }

    private static Refusal Refuse(string diagnostics, string parameter) =>
        Refusal.Malformed(diagnostics, parameter, SpineCodes.InvalidSearchData);
}
