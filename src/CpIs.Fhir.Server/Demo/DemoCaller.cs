using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Demo;

/// <summary>One of the synthetic clients, speaking to the exchange as any client would: over HTTP, with a token it asked for.</summary>
internal sealed class DemoCaller : IDisposable
{
    private static readonly MediaTypeHeaderValue FhirJson = new("application/fhir+json");
    private readonly HttpClient _http = new();
    private readonly ExchangeUrls _urls;

    private DemoCaller(ExchangeUrls urls) => _urls = urls;

    /// <summary>Signs in: a signed assertion for a token.</summary>
    public static async Task<DemoCaller> SignInAsync(
        ExchangeUrls urls,
        ClientFile client,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var caller = new DemoCaller(urls);
        caller._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await caller.TokenAsync(client, time, cancellation)
        );
        return caller;
    }

    /// <summary>An access token for a client.</summary>
    /// <exception cref="HttpRequestException">None was given; the message says why.</exception>
    public static async Task<string> TokenAsync(
        ExchangeUrls urls,
        ClientFile client,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        using var caller = new DemoCaller(urls);
        return await caller.TokenAsync(client, time, cancellation);
    }

    private async Task<string> TokenAsync(ClientFile client, TimeProvider time, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = ClientAssertion.Create(client, _urls.Token, time),
            }
        );
        using var response = await _http.PostAsync(_urls.Token, form, cancellation);
        var answer = await DemoAnswer.ReadAsync(response, TimeSpan.Zero, cancellation);
        return answer.Body.GetProperty("access_token").GetString()!;
    }

    public Task<DemoAnswer> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, (ReadOnlyMemory<byte>?)null, cancellation);

    public Task<DemoAnswer> SendAsync(HttpMethod method, string path, string json, CancellationToken cancellation) =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(json).AsMemory(), cancellation);

    /// <summary>One request below the FHIR base.</summary>
    /// <exception cref="HttpRequestException">The answer was not 2xx; the message has the OperationOutcome.</exception>
    public async Task<DemoAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(method, $"{_urls.FhirBase}{(path.Length > 0 ? "/" : "")}{path}");
        if (body is { } bytes)
            request.Content = new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = FhirJson } };
        var started = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request, cancellation);
        return await DemoAnswer.ReadAsync(response, Stopwatch.GetElapsedTime(started), cancellation);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An answer of the exchange.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The JSON.</param>
/// <param name="Took">From sending to the first line of the answer.</param>
internal sealed record DemoAnswer(int Status, JsonElement Body, TimeSpan Took)
{
    public static async Task<DemoAnswer> ReadAsync(
        HttpResponseMessage response,
        TimeSpan took,
        CancellationToken cancellation
    )
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
        using var document = JsonDocument.Parse(body);
        return new DemoAnswer((int)response.StatusCode, document.RootElement.Clone(), took);
    }
}
