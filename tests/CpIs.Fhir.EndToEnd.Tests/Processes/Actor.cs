using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>A registered client that speaks to a running exchange with a real token.</summary>
internal sealed class Actor : IDisposable
{
    private readonly HttpClient _http;

    private Actor(HttpClient http) => _http = http;

    /// <summary>Signs in with one of examples/clients.</summary>
    public static Task<Actor> SignInAsync(ExchangeProcess exchange, string client, ClientUser? user = null) =>
        SignInAsync(exchange.Root, exchange.Root, client, user);

    /// <summary>Signs in at one server of an exchange that is known by another address.</summary>
    /// <param name="server">Where this actor sends everything.</param>
    /// <param name="audience">What callers know the exchange by, without path.</param>
    /// <param name="client">One of examples/clients.</param>
    /// <param name="user">The person instead of the file's.</param>
    public static async Task<Actor> SignInAsync(Uri server, Uri audience, string client, ClientUser? user = null)
    {
        var http = new HttpClient(RoundRobin.NewClientHandler()) { BaseAddress = new Uri(server, "/FHIR/R4/") };
        var (status, body) = (HttpStatusCode.ServiceUnavailable, "");
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await AskForTokenAsync(http, server, Assertion(audience, client, user));
            (status, body) = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            return status != HttpStatusCode.ServiceUnavailable;
        });
        status.Should().Be(HttpStatusCode.OK, body);
        using var document = JsonDocument.Parse(body);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            document.RootElement.GetProperty("access_token").GetString()
        );
        return new Actor(http);
    }

    /// <summary>What a client proves itself with, once.</summary>
    public static string Assertion(Uri audience, string client, ClientUser? user = null) =>
        ClientAssertion.Create(
            ClientFile.Read(Repository.Client(client)),
            new Uri(audience, "/oauth2/token").ToString(),
            TimeProvider.System,
            user
        );

    /// <summary>Asks a server for a token.</summary>
    public static async Task<HttpResponseMessage> AskForTokenAsync(HttpClient http, Uri server, string assertion)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = assertion,
            }
        );
        return await http.PostAsync(new Uri(server, "/oauth2/token"), form);
    }

    /// <summary>The same person with the same token at another server.</summary>
    public Actor At(Uri server)
    {
        var http = new HttpClient(RoundRobin.NewClientHandler()) { BaseAddress = new Uri(server, "/FHIR/R4/") };
        http.DefaultRequestHeaders.Authorization = _http.DefaultRequestHeaders.Authorization;
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

    /// <summary>The resources of a search, over all its pages.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadAllAsync(string path)
    {
        var all = new List<JsonElement>();
        for (var next = path; next is not null; )
        {
            var page = await ReadAsync(next);
            if (page.TryGetProperty("entry", out var entries))
                all.AddRange(entries.EnumerateArray().Select(entry => entry.GetProperty("resource")));
            next = Next(page);
        }

        return all;
    }

    /// <summary>The link of a page to the next one, or null.</summary>
    public static string? Next(JsonElement page) =>
        page.GetProperty("link")
            .EnumerateArray()
            .Where(link => link.GetProperty("relation").GetString() == "next")
            .Select(link => link.GetProperty("url").GetString())
            .SingleOrDefault();

    public void Dispose() => _http.Dispose();
}
