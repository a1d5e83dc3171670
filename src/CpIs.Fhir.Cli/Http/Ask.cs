namespace CpIs.Fhir.Cli.Http;

/// <summary>One question to the exchange.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Below the FHIR base, such as <c>Patient/$child-protection</c>; below the root when it begins with a slash.</param>
internal sealed record Ask(HttpMethod Method, string Path)
{
    /// <summary>Body, JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>X-Request-ID, a UUID.</summary>
    public string RequestId { get; init; } = Guid.NewGuid().ToString("D");

    /// <summary>
    /// True when asking twice does no more than asking once: reads other than look-ups, and writes (their X-Request-ID makes
    /// a repeat the same write). Never for a look-up, each of which is an access of its own.
    /// </summary>
    public bool Repeatable { get; init; }

    /// <summary>More headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}
