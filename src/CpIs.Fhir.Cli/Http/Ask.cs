using System.Text;

namespace CpIs.Fhir.Cli.Http;

/// <summary>One question to the exchange.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Below the FHIR base, such as <c>Patient/$child-protection</c>; below the root when it begins with a slash.</param>
internal sealed record Ask(HttpMethod Method, string Path)
{
    /// <summary>Body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Media type of <see cref="Body"/>; null for the JSON of the place that is asked.</summary>
    public string? MediaType { get; init; }

    /// <summary>Media type of the answer; null for the JSON of the place that is asked.</summary>
    public string? Accept { get; init; }

    /// <summary>X-Request-ID, a UUID.</summary>
    public string RequestId { get; init; } = Guid.NewGuid().ToString("D");

    /// <summary>
    /// True when asking twice does no more than asking once: reads other than look-ups, and writes (their X-Request-ID makes
    /// a repeat the same write). Never for a look-up, each of which is an access of its own.
    /// </summary>
    public bool Repeatable { get; init; }

    /// <summary>More headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A search, posted as a form: what it looks for, an NHS number above all, is in no URL and so in no log.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="parameters">Names and values, not yet escaped for a form.</param>
    public static Ask Search(string type, IEnumerable<(string Name, string Value)> parameters) =>
        new(HttpMethod.Post, $"{type}/_search")
        {
            Body = Encoding.UTF8.GetBytes(
                string.Join(
                    '&',
                    parameters.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}")
                )
            ),
            MediaType = "application/x-www-form-urlencoded",
            Repeatable = true,
        };
}
