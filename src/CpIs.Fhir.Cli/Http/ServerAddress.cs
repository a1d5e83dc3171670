using System.Text.Json;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Http;

/// <summary>Where the parts of an exchange are.</summary>
/// <param name="FhirBase">FHIR base without trailing slash.</param>
/// <param name="Root">What the FHIR base stands on; <c>/admin</c> and <c>/.well-known/webhook-keys.json</c> are next to it.</param>
/// <param name="TokenEndpoint">As the exchange publishes it; the audience of assertions.</param>
internal sealed record ServerAddress(string FhirBase, string Root, Uri TokenEndpoint)
{
    private const string FhirPath = "/FHIR/R4";

    /// <summary>Reads what a user gave as server.</summary>
    /// <param name="text">Root or FHIR base.</param>
    /// <param name="allowHttp">Whether plain http may leave this machine.</param>
    /// <exception cref="CannotRunException">No URL, or a secret would go over the network in the clear.</exception>
    public static Uri Given(string text, bool allowHttp)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.Query.Length + uri.Fragment.Length + uri.UserInfo.Length > 0
        )
            throw new CannotRunException($"'{text}' is not a server. Give a URL such as https://cpis.example/FHIR/R4.");
        if (!IsSafe(uri) && !allowHttp)
            throw new CannotRunException(
                $"{uri} is plain http to another machine, which would show tokens and children to the network. Use https, or set CPIS_ALLOW_HTTP=1 inside your own network."
            );
        return uri;
    }

    /// <summary>The FHIR base a given URL most likely means: itself when it ends like one, else the default path on it.</summary>
    public static (string FhirBase, string Root) Guess(Uri given)
    {
        var text = given.AbsoluteUri.TrimEnd('/');
        return text.EndsWith(FhirPath, StringComparison.OrdinalIgnoreCase)
            ? (text, text[..^FhirPath.Length])
            : (text + FhirPath, text);
    }

    /// <summary>Asks the exchange where its token endpoint is.</summary>
    /// <exception cref="CannotRunException">Nobody answers, or not as an exchange does.</exception>
    public static async Task<ServerAddress> DiscoverAsync(HttpClient http, Uri given, CancellationToken cancellation)
    {
        var (fhirBase, root) = Guess(given);
        var document = await ReadAsync(http, fhirBase, cancellation);
        if (document is null && given.AbsolutePath != "/")
        {
            (fhirBase, root) = (given.AbsoluteUri.TrimEnd('/'), given.GetLeftPart(UriPartial.Authority));
            document = await ReadAsync(http, fhirBase, cancellation);
        }

        if (document is null)
            throw new CannotRunException(
                $"{given} answers, but not as a CP-IS exchange: no .well-known/smart-configuration."
            );
        if (
            !Uri.TryCreate(document, UriKind.Absolute, out var token)
            || token.Scheme is not ("http" or "https")
            || (given.Scheme == "https" && token.Scheme != "https")
        )
            throw new CannotRunException($"{given} publishes no usable token_endpoint.");
        return new ServerAddress(fhirBase, root, token);
    }

    private static async Task<string?> ReadAsync(HttpClient http, string fhirBase, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(new Uri(fhirBase + "/.well-known/smart-configuration"), cancellation);
        if ((int)response.StatusCode >= 500)
            throw new CannotRunException($"{fhirBase} is not ready (HTTP {(int)response.StatusCode}).");
        if (!response.IsSuccessStatusCode)
            return null;
        try
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return json.RootElement.TryGetProperty("token_endpoint", out var endpoint) ? endpoint.GetString() : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsSafe(Uri uri) => uri.Scheme == "https" || uri.IsLoopback;
}
