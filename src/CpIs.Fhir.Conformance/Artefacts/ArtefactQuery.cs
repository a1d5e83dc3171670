using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A search over published artefacts of one type. What is not understood is refused, never ignored.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Ids">Ids of which it must have one; null for any.</param>
/// <param name="Conditions">All must hold.</param>
/// <param name="Count">Most on a page; 0 for the total alone.</param>
/// <param name="Offset">How many to pass over.</param>
public sealed record ArtefactQuery(
    string Type,
    IReadOnlyList<string>? Ids,
    IReadOnlyList<ArtefactCondition> Conditions,
    int Count,
    int Offset
)
{
    /// <summary>The parameter of the link to the next page.</summary>
    public const string OffsetParameter = "_offset";

    private const int MostParameters = 32;
    private const int MostValues = 50;

    private static readonly string[] JsonFormats = ["json", "application/json", "application/fhir+json"];

    /// <summary>Reads the parameters of a search.</summary>
    /// <param name="type">One of <see cref="ArtefactParameters.Types"/>.</param>
    /// <param name="parameters">Every parameter in order, decoded.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    /// <returns>The query, or a 400 that names the parameter.</returns>
    public static Result<ArtefactQuery> Parse(
        string type,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        int defaultCount = 50
    )
    {
        if (parameters.Count > MostParameters)
            return Refuse("_search", $"A search has at most {MostParameters} parameters.", SpineCodes.TooManyValues);
        var query = new ArtefactQuery(type, null, [], defaultCount, 0);
        var conditions = new List<ArtefactCondition>();
        var once = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (string.IsNullOrWhiteSpace(value))
                return Refuse(Shown(name), "The parameter has no value.", SpineCodes.MissingValue);
            if (name.StartsWith('_') && !once.Add(name))
                return Refuse(name, "The parameter is there twice.", SpineCodes.TooManyValues);
            var read = name.StartsWith('_') ? query.Common(name, value) : query.Condition(name, value, conditions);
            if (read.IsRefused(out var refusal, out var changed))
                return refusal;
            query = changed;
        }

        return query with
        {
            Conditions = conditions,
        };
    }

    /// <summary>What is found, in the order of ids.</summary>
    public IReadOnlyList<Artefact> Find(ArtefactSet artefacts) =>
        [
            .. artefacts
                .OfType(Type)
                .Where(artefact => Ids?.Contains(artefact.Id) != false)
                .Where(artefact =>
                    Conditions.All(asked => asked.Parameter.Matches(artefact, asked.Modifier, asked.Values))
                ),
        ];

    private Result<ArtefactQuery> Common(string name, string value)
    {
        switch (name)
        {
            case "_id":
                var ids = SearchValue.Split(value, ',');
                return ids.Count <= MostValues
                    ? this with
                    {
                        Ids = ids,
                    }
                    : Refuse(name, $"At most {MostValues} values are taken.", SpineCodes.TooManyValues);
            case "_count" or OffsetParameter when !value.All(char.IsAsciiDigit):
                return Refuse(name, "Expected is a number from 0.");
            case "_count":
                return this with
                {
                    Count = int.TryParse(value, out var count)
                        ? Math.Min(count, SearchQueryParser.MaximumCount)
                        : SearchQueryParser.MaximumCount,
                };
            case OffsetParameter:
                return this with { Offset = int.TryParse(value, out var offset) ? offset : int.MaxValue };
            case "_format" when JsonFormats.Contains(value):
                return this;
            case "_format":
                return Refuse(name, "Artefacts are given in JSON.");
            default:
                return Unknown(name);
        }
    }

    private Result<ArtefactQuery> Condition(string name, string value, List<ArtefactCondition> conditions)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (code, modifier) = colon < 0 ? (name, null) : (name[..colon], name[(colon + 1)..]);
        if (ArtefactParameters.Of(Type).FirstOrDefault(known => known.Code == code) is not { } parameter)
            return Unknown(name);
        if (modifier is not null && !parameter.Modifiers.Contains(modifier))
            return Refuse(
                Shown(name),
                parameter.Modifiers.Count == 0
                    ? $"'{code}' takes no modifier."
                    : $"'{code}' takes these modifiers: {string.Join(", ", parameter.Modifiers)}."
            );
        var values = SearchValue.Split(value, ',');
        if (values.Count > MostValues)
            return Refuse(code, $"At most {MostValues} values are taken.", SpineCodes.TooManyValues);
        if (parameter.Kind == "token" && values.Exists(token => token.Contains('|', StringComparison.Ordinal)))
            return Refuse(code, "Expected is a code alone: what is searched here has one system or none.");
        conditions.Add(new ArtefactCondition(parameter, modifier, [.. values.Select(SearchValue.Unescape)]));
        return this;
    }

    private Refusal Unknown(string name) =>
        Refuse(
            Shown(name),
            $"'{Shown(name)}' is no search parameter of {Type} here. There are: {string.Join(", ", ArtefactParameters.Of(Type).Select(p => p.Code))}, _id, _count, _format."
        );

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "...";

    private static Refusal Refuse(string name, string diagnostics, string spine = SpineCodes.InvalidSearchData) =>
        Refusal.Malformed($"{name}: {diagnostics}", name, spine);
}
