namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// Every parameter that one kind of request takes, in one table: <see cref="ParameterReader"/> refuses all others, and the
/// CapabilityStatement lists the same rows. <c>_format</c> and <c>_pretty</c> are taken everywhere.
/// </summary>
public sealed class ParameterTable
{
    private static readonly Parameter[] OfTheAnswer =
    [
        new("_format", ParameterKind.Format) { IsOnce = true },
        new("_pretty", ParameterKind.Code) { IsOnce = true, Allowed = ["true", "false"] },
    ];

    private readonly Dictionary<string, Parameter> _byName;

    /// <summary>A table.</summary>
    /// <param name="use">What its rows are, for a refusal: <c>search parameter for Flag</c>.</param>
    /// <param name="parameters">The rows that are special to the request.</param>
    public ParameterTable(string use, IReadOnlyList<Parameter> parameters)
    {
        (Use, Parameters) = (use, [.. parameters, .. OfTheAnswer]);
        _byName = Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
    }

    /// <summary>What the rows are.</summary>
    public string Use { get; }

    /// <summary>The rows, in the order in which they are listed to a reader.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The rows that are search parameters of R4.</summary>
    public IEnumerable<Parameter> SearchParameters => Parameters.Where(parameter => parameter.Definition is not null);

    /// <summary>A table for a request that takes nothing but <c>_format</c> and <c>_pretty</c>.</summary>
    /// <param name="use">What is done, such as <c>reading Flag</c>.</param>
    public static ParameterTable Plain(string use) => new($"parameter for {use}", []);

    /// <summary>A table for a read, of which a part may be wanted.</summary>
    /// <param name="type">The resource type read.</param>
    /// <param name="own">What else the read takes.</param>
    public static ParameterTable Read(string type, params IReadOnlyList<Parameter> own) =>
        new($"parameter for reading {type}", [.. own, .. Parts(type, "true", "text", "data", "false")]);

    /// <summary>A table for a search: what is special to the type, and what is taken of every type.</summary>
    /// <param name="type">The resource type searched.</param>
    /// <param name="own">Search parameters of that type.</param>
    /// <param name="sorts">By what the results can be sorted, besides <c>_lastUpdated</c>.</param>
    public static ParameterTable Search(string type, IReadOnlyList<Parameter> own, params string[] sorts)
    {
        const string hl7 = "http://hl7.org/fhir/SearchParameter/Resource-";
        return new ParameterTable(
            $"search parameter for {type}",
            [
                .. own,
                new("_id", ParameterKind.Token, hl7 + "id") { HasSystem = false },
                new("_lastUpdated", ParameterKind.Date, hl7 + "lastUpdated"),
                new("_sort", ParameterKind.Code)
                {
                    IsOnce = true,
                    Allowed = [.. sorts.Append("_lastUpdated").SelectMany(by => new[] { by, "-" + by })],
                },
                new("_count", ParameterKind.Number) { IsOnce = true },
                new("_total", ParameterKind.Code) { IsOnce = true, Allowed = ["none", "estimate", "accurate"] },
                .. Parts(type, "true", "text", "data", "count", "false"),
            ]
        );
    }

    private static IEnumerable<Parameter> Parts(string type, params string[] summaries) =>
        [
            new("_summary", ParameterKind.Code) { IsOnce = true, Allowed = summaries },
            new("_elements", ParameterKind.Code) { MostValues = 50, Allowed = ElementNames.Of(type) },
        ];

    /// <summary>The row of a name, or null.</summary>
    public Parameter? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Every name that is taken, as it is written in a URL.</summary>
    public IEnumerable<string> Names =>
        Parameters
            .Where(parameter => parameter is { IsListed: true, Never: null })
            .SelectMany(parameter =>
                parameter
                    .Modifiers.Select(modifier => $"{parameter.Name}:{modifier}")
                    .Concat(parameter.NeedsModifier ? [] : [parameter.Name])
            )
            .Order(StringComparer.Ordinal);
}
