namespace CpIs.Fhir.Server.CrossOrigin;

/// <summary>Section <c>Cors</c>: which pages of other sites may call this exchange from a browser. None, where nothing is said.</summary>
public sealed record CorsSection
{
    /// <summary>
    /// Exact origins, such as <c>https://app.example</c>: scheme, host and, where it is not the usual one, port. There is no
    /// <c>*</c>: who may call is known by name.
    /// </summary>
    [Origins]
    public IReadOnlyList<string> Origins { get; init; } = [];
}
