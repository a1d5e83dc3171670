using System.Text;
using System.Text.Json;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>What came back, whole.</summary>
public sealed record Answer(int Status, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>The first issue of an OperationOutcome.</summary>
    public (string Code, string Diagnostics, string? Expression, string? Spine) Issue
    {
        get
        {
            Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome", Text);
            var issue = Json.GetProperty("issue")[0];
            return (
                issue.GetProperty("code").GetString()!,
                issue.GetProperty("diagnostics").GetString()!,
                issue.TryGetProperty("expression", out var expression) ? expression[0].GetString() : null,
                issue.TryGetProperty("details", out var details)
                    ? details.GetProperty("coding")[0].GetProperty("code").GetString()
                    : null
            );
        }
    }

    /// <summary>Resources of a searchset of one type and search mode.</summary>
    public IReadOnlyList<JsonElement> Entries(string type, string mode = "match") =>
        [
            .. AllEntries
                .Where(entry => entry.GetProperty("search").GetProperty("mode").GetString() == mode)
                .Select(entry => entry.GetProperty("resource"))
                .Where(resource => resource.GetProperty("resourceType").GetString() == type),
        ];

    public IReadOnlyList<JsonElement> AllEntries =>
        Json.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray()] : [];

    public long Total => Json.GetProperty("total").GetInt64();

    public string? Link(string relation) =>
        Json.GetProperty("link")
            .EnumerateArray()
            .Where(link => link.GetProperty("relation").GetString() == relation)
            .Select(link => link.GetProperty("url").GetString())
            .SingleOrDefault();

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }
}
