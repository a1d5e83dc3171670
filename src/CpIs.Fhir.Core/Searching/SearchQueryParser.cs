using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// Turns the parameters of a search over stored records into a <see cref="RecordQuery"/>. Whatever is not in the table of
/// <see cref="SearchParameters"/> is a 400 that names the parameter: nothing is ever ignored (promise 6).
/// </summary>
public static class SearchQueryParser
{
    /// <summary>Most results on a page; a larger <c>_count</c> counts as this.</summary>
    public const int MaximumCount = 1_000;

    private const int MostValues = 50;
    private const int MostParameters = 32;

    /// <summary>Reads the parameters of a search.</summary>
    /// <param name="type">What is searched.</param>
    /// <param name="parameters">Every parameter in order, decoded, without the cursor of a page.</param>
    /// <param name="authority">Whose records; null for an operator, who sees all.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static Result<RecordQuery> Parse(
        RecordType type,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        OdsCode? authority,
        int defaultCount = 50
    )
    {
        if (parameters.Count > MostParameters)
            return Refuse("_search", $"A search has at most {MostParameters} parameters.", SpineCodes.TooManyValues);
        var query = new RecordQuery(type, authority, []) { Count = defaultCount };
        var conditions = new List<Condition>();
        var once = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (string.IsNullOrWhiteSpace(value))
                return Refuse(name, "The parameter has no value.", SpineCodes.MissingValue);
            if (name.StartsWith('_'))
            {
                if (name is not ("_id" or "_lastUpdated") && !once.Add(name))
                    return Refuse(name, "The parameter is there twice.", SpineCodes.TooManyValues);
                if (Common(query, name, value, conditions).IsRefused(out var no, out var changed))
                    return no;
                query = changed;
            }
            else if (Own(type, name, value, authority, conditions) is { } refusal)
                return refusal;
        }

        return query with
        {
            Conditions = conditions,
        };
    }

    private static Result<RecordQuery> Common(RecordQuery query, string name, string value, List<Condition> conditions)
    {
        switch (name)
        {
            case "_id":
                var ids = SearchValue.Split(value, ',');
                if (ids.Count > MostValues)
                    return Refuse(name, $"At most {MostValues} values are taken.", SpineCodes.TooManyValues);
                if (ids.Exists(string.IsNullOrEmpty))
                    return Refuse(name, "A value is empty.", SpineCodes.MissingValue);
                conditions.Add(new Condition.AnyId(ids));
                return query;
            case "_lastUpdated":
                if (SearchDate.Parse(value) is not { } date)
                    return Refuse(name, $"Expected is {SearchDate.Form}.");
                var (from, to) = date.Bounds();
                conditions.Add(new Condition.UpdatedWithin(from, to));
                return query;
            case "_format" when value is "json" or "application/json" or "application/fhir+json":
                return query;
            case "_count":
                if (!value.All(char.IsAsciiDigit))
                    return Refuse(name, "Expected is a number from 0 (the total only).");
                return query with
                {
                    Count = int.TryParse(value, out var count) ? Math.Min(count, MaximumCount) : MaximumCount,
                };
            case "_sort" when value is "_lastUpdated" or "-_lastUpdated":
                return query with { Order = value[0] == '-' ? RecordOrder.NewestFirst : RecordOrder.OldestFirst };
            case "_sort":
                return Refuse(name, "Results are sorted by _lastUpdated or -_lastUpdated.");
            case "_total" when value is "none" or "estimate" or "accurate":
                return query;
            case "_total":
                return Refuse(name, "Expected is none, estimate or accurate; the total given is always accurate.");
            default:
                return Unknown(query.Type, name);
        }
    }

    private static Refusal? Own(
        RecordType type,
        string name,
        string value,
        OdsCode? authority,
        List<Condition> conditions
    )
    {
        var cut = name.IndexOfAny([':', '.']);
        var code = cut < 0 ? name : name[..cut];
        if (SearchParameters.Find(type, code) is not { } parameter)
            return Unknown(type, name);
        // patient.identifier, by chaining, asks the same as patient:identifier.
        var modifier = cut < 0 ? null : name[(cut + 1)..];
        if (modifier is not null && !parameter.Modifiers.Contains(modifier))
            return Refuse(
                Shown(name),
                parameter.Modifiers.Count == 0
                    ? $"'{code}' takes no modifier."
                    : $"'{code}' takes these modifiers: {string.Join(", ", parameter.Modifiers)}."
            );
        var read = new SearchConditions(name, parameter, authority, conditions);
        return parameter.Kind switch
        {
            SearchKind.Text => read.Text(value),
            SearchKind.Date => read.Date(value),
            SearchKind.Reference when modifier is null => read.Reference(value),
            SearchKind.Reference => read.ReferenceByIdentifier(value),
            _ when parameter.System is null => read.Identifier(value),
            _ => read.Coded(value),
        };
    }

    private static Refusal Unknown(RecordType type, string name) =>
        Refuse(
            Shown(name),
            $"'{Shown(name)}' is no search parameter of {type} here. There are: {string.Join(", ", SearchParameters.Of(type).Select(p => p.Code))}, _id, _lastUpdated, _sort, _count, _total."
        );

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "...";

    internal static Refusal Refuse(string name, string diagnostics, string spine = SpineCodes.InvalidSearchData) =>
        Refusal.Malformed($"{name}: {diagnostics}", name, spine);
}
