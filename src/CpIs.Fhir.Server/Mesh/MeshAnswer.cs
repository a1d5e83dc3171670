using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Server.Mesh;

/// <summary>What MESH answered to one request; nothing of it is shown but its status and its code.</summary>
/// <param name="Status">Of HTTP; null when nobody answered.</param>
/// <param name="Failure">What was met when nobody answered, in our own words.</param>
/// <param name="Headers">By name, in any case.</param>
/// <param name="Body">At most <see cref="MeshClient.MostAnswerBytes"/>.</param>
internal sealed record MeshAnswer(
    int? Status,
    string? Failure,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body
)
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>Nobody answered.</summary>
    public static MeshAnswer Silence(string failure) => new(null, failure, None, default);

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>A header's value; null without.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>What the caller was asked to wait.</summary>
    public TimeSpan? RetryAfter =>
        int.TryParse(Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>The first of these members of the JSON that is a text; null when there is none, or no JSON.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        if (Json() is not { ValueKind: JsonValueKind.Object } json)
            return null;
        foreach (var name in names)
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString();
        return null;
    }

    /// <summary>True when this member of the JSON says false.</summary>
    public bool Denies(string name) =>
        Json() is { ValueKind: JsonValueKind.Object } json
        && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.False;

    /// <summary>The texts of an array, or of one member of the objects in it.</summary>
    public List<string> Texts(string array, string? member)
    {
        var texts = new List<string>();
        if (
            Json() is not { ValueKind: JsonValueKind.Object } json
            || !json.TryGetProperty(array, out var items)
            || items.ValueKind != JsonValueKind.Array
        )
            return texts;
        foreach (var item in items.EnumerateArray())
        {
            var value = item;
            if (
                member is not null
                && (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(member, out value))
            )
                continue;
            if (value.ValueKind == JsonValueKind.String)
                texts.Add(value.GetString()!);
        }

        return texts;
    }

    /// <summary>The error code: in the detail of version 2, else as version 1 says it.</summary>
    public string? Code => Texts("detail", "code").FirstOrDefault() ?? Text("errorCode");

    private JsonElement? Json()
    {
        if (Body.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
