using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>Sends what the page <c>/try</c> was given to this exchange, over HTTP and as any client would.</summary>
internal sealed class TrySender(ExchangeUrls urls, TimeProvider time) : IDisposable
{
    private static readonly JsonSerializerOptions LaidOut = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>A new access token for the client that was chosen.</summary>
    public Task<string> TokenAsync(TryForm form, CancellationToken cancellation) =>
        DemoCaller.TokenAsync(urls, form.Chosen!, time, cancellation);

    /// <summary>Where the request goes; null for what is not below the FHIR base.</summary>
    public Uri? UrlOf(TryForm form) =>
        Uri.TryCreate($"{urls.FhirBase}/{form.Address.TrimStart('/')}", UriKind.Absolute, out var url)
        && url.AbsoluteUri.StartsWith(urls.FhirBase + "/", StringComparison.Ordinal)
            ? url
            : null;

    /// <summary>Sends the request with a new token.</summary>
    public async Task<TryAnswer> SendAsync(TryForm form, Uri url, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(new HttpMethod(form.Method), url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(form, cancellation));
        if (form.Body.Length > 0)
            request.Content = new StringContent(
                form.Body,
                new MediaTypeHeaderValue(
                    form.Body.TrimStart().StartsWith('<') ? "application/fhir+xml"
                        : url.AbsolutePath.EndsWith("/_search", StringComparison.Ordinal)
                            ? "application/x-www-form-urlencoded"
                        : "application/fhir+json",
                    "utf-8"
                )
            );
        using var response = await _http.SendAsync(request, cancellation);
        return new TryAnswer(
            $"{form.Method} {url.AbsoluteUri}",
            $"{(int)response.StatusCode} {response.ReasonPhrase}",
            string.Join(
                '\n',
                response
                    .Headers.Concat(response.Content.Headers)
                    .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
            ),
            LayOut(await response.Content.ReadAsStringAsync(cancellation))
        );
    }

    public void Dispose() => _http.Dispose();

    private static string LayOut(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(json.RootElement, LaidOut);
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
