using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>One client over HTTP, with its token.</summary>
public sealed class Speaker(HttpClient http, Uri fhirBase, AuthenticationHeaderValue? token)
{
    private const string Number = "https://fhir.nhs.uk/Id/nhs-number|";

    /// <summary>The header Authorization, for a test that speaks HTTP by itself.</summary>
    public string? Authorization => token?.ToString();

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(
        string path,
        ReadOnlyMemory<byte> json,
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(
            HttpMethod.Post,
            path,
            new ReadOnlyMemoryContent(json) { Headers = { ContentType = new("application/fhir+json") } },
            headers
        );

    public Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        PostAsync(path, Encoding.UTF8.GetBytes(json).AsMemory(), headers);

    public Task<Answer> PostFormAsync(
        string path,
        IEnumerable<KeyValuePair<string, string>> form,
        params (string Name, string Value)[] headers
    ) => SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form), headers);

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(fhirBase, path.Length == 0 ? "." : path))
        {
            Content = content,
        };
        request.Headers.Authorization = token;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).Should().BeTrue();
        using var response = await http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>A look-up by the operation.</summary>
    public Task<Answer> LookUpAsync(NhsNumber child, params (string Name, string Value)[] headers) =>
        PostAsync("Patient/$child-protection", Parameters(child.Digits), headers);

    /// <summary>Each way in which a setting can ask about one child.</summary>
    public async Task<Answer> AskAsync(Way way, string number) =>
        way switch
        {
            Way.FlagByIdentifier => await GetAsync($"Flag?patient:identifier={Number}{number}"),
            Way.FlagByChain => await GetAsync($"Flag?patient.identifier={Number}{number}"),
            Way.FlagBySubject => await GetAsync($"Flag?subject:identifier={Number}{number}"),
            Way.FlagPosted => await PostFormAsync("Flag/_search", [new("patient:identifier", Number + number)]),
            Way.Episode => await GetAsync($"EpisodeOfCare?patient:identifier={Number}{number}"),
            Way.EpisodeByChain => await GetAsync($"EpisodeOfCare?patient.identifier={Number}{number}"),
            Way.EpisodePosted => await PostFormAsync(
                "EpisodeOfCare/_search",
                [new("patient:identifier", Number + number)]
            ),
            Way.History => await GetAsync($"AuditEvent?patient:identifier={Number}{number}"),
            Way.Operation => await GetAsync($"Patient/$child-protection?nhsNumber={number}"),
            _ => await PostAsync("Patient/$child-protection", Parameters(number)),
        };

    public static string Parameters(string number) =>
        $$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{number}}"}]}""";
}

/// <summary>The ways of a look-up.</summary>
public enum Way
{
    FlagByIdentifier,
    FlagByChain,
    FlagBySubject,
    FlagPosted,
    Episode,
    EpisodeByChain,
    EpisodePosted,
    History,
    Operation,
    OperationPosted,
}
