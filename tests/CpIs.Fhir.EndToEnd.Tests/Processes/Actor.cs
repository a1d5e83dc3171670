using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>A registered client that speaks to a running exchange with a real token.</summary>
internal sealed class Actor : IDisposable
{
    private readonly HttpClient _http;

    private Actor(HttpClient http) => _http = http;

    /// <summary>Signs in with one of examples/clients.</summary>
    public static async Task<Actor> SignInAsync(ExchangeProcess exchange, string client, ClientUser? user = null)
    {
        var http = new HttpClient { BaseAddress = exchange.FhirBase };
        var endpoint = new Uri(exchange.Root, "/oauth2/token");
        var file = ClientFile.Read(Repository.Client(client));
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = ClientAssertion.Create(file, endpoint.ToString(), TimeProvider.System, user),
            }
        );
        using var answer = await http.PostAsync(endpoint, form);
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue(body);
        using var document = JsonDocument.Parse(body);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            document.RootElement.GetProperty("access_token").GetString()
        );
        return new Actor(http);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    public Task<HttpResponseMessage> PostJsonAsync(string path, ReadOnlyMemory<byte> json, string? requestId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        if (requestId is not null)
            request.Headers.Add("X-Request-ID", requestId);
        return _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> LookUpAsync(string nhsNumber, string? requestId = null) =>
        PostJsonAsync(
            "Patient/$child-protection",
            Encoding.UTF8.GetBytes(
                $$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{nhsNumber}}"}]}"""
            ),
            requestId
        );

    public async Task<JsonElement> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue($"GET {path} answered {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public void Dispose() => _http.Dispose();
}
