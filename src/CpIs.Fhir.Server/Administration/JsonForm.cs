using System.Text.Json;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Administration;

/// <summary>Reads a JSON object member by member and notes every problem with its place, so that one answer names them all.</summary>
internal sealed class JsonForm
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<Issue> _issues;

    private JsonForm(JsonElement element, string path, List<Issue> issues) =>
        (_object, _path, _issues) = (element, path, issues);

    /// <summary>Every problem so far.</summary>
    public IReadOnlyList<Issue> Issues => _issues;

    /// <summary>422 with every problem, or null.</summary>
    public Refusal? Refusal => _issues.Count == 0 ? null : new Refusal(RefusalKind.Rule, _issues);

    /// <summary>A body that is one JSON object.</summary>
    public static Result<JsonForm> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var root = JsonDocument.Parse(body, Strict).RootElement.Clone();
            ReadTexts(root);
            return root.ValueKind == JsonValueKind.Object
                ? new JsonForm(root, "", [])
                : Refusal.Malformed("The body is not a JSON object.");
        }
        catch (InvalidOperationException)
        {
            return Refusal.Malformed(
                "The body contains a text or a name with half of a surrogate pair, or not in UTF-8."
            );
        }
        catch (JsonException unreadable)
        {
            return Refusal.Malformed(
                $"The body is not well-formed JSON at line {unreadable.LineNumber + 1}, byte {unreadable.BytePositionInLine}."
            );
        }
    }

    /// <summary>An object that another reader has available.</summary>
    public static JsonForm Of(JsonElement element) => new(element, "", []);

    /// <summary>Notes a problem with a member, or with the whole object where <paramref name="member"/> is empty.</summary>
    public void Problem(string member, string text, string code = "invalid", string spine = SpineCodes.InvalidValue) =>
        _issues.Add(new Issue(code, text, Place(member), spine));

    /// <summary>Notes every member that is not one of these.</summary>
    public void Only(params string[] members)
    {
        foreach (var member in _object.EnumerateObject())
            if (!members.Contains(member.Name))
                Problem(member.Name, $"This member is unknown. Known: {string.Join(", ", members)}.", "structure");
    }

    /// <summary>A member, or undefined where it is absent or null.</summary>
    public JsonElement Member(string member) =>
        _object.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

    /// <summary>A text of at most so many characters, without control characters or blanks around it; null when absent or wrong.</summary>
    public string? Text(string member, bool required, int longest = 140)
    {
        var value = Member(member);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            if (required)
                Problem(member, "This is required.", "required", SpineCodes.MissingValue);
            return null;
        }

        if (
            value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
            && text.Length <= longest
            && text.Trim().Length == text.Length
            && !text.Any(char.IsControl)
        )
            return text;
        Problem(
            member,
            $"This must be a text of 1 to {longest} characters, without control characters and without spaces around it."
        );
        return null;
    }

    /// <summary>A list of texts; each wrong item is noted with its place.</summary>
    public IReadOnlyList<string> Texts(string member)
    {
        var value = Member(member);
        if (value.ValueKind == JsonValueKind.Undefined)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            Problem(member, "This must be a list.");
            return [];
        }

        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
            if (item.ValueKind == JsonValueKind.String)
                texts.Add(item.GetString()!);
            else
                Problem($"{member}[{texts.Count}]", "This must be a text.");
        return texts;
    }

    /// <summary>An object inside; null when absent or no object.</summary>
    public JsonForm? Object(string member, bool required)
    {
        var value = Member(member);
        if (value.ValueKind == JsonValueKind.Object)
            return new JsonForm(value, Place(member), _issues);
        if (value.ValueKind != JsonValueKind.Undefined)
            Problem(member, "This must be an object.");
        else if (required)
            Problem(member, "This is required.", "required", SpineCodes.MissingValue);
        return null;
    }

    /// <summary>Objects in a list inside.</summary>
    public IReadOnlyList<JsonForm> Objects(string member)
    {
        var value = Member(member);
        if (value.ValueKind != JsonValueKind.Array)
        {
            Problem(member, "This must be a list of objects.");
            return [];
        }

        var forms = new List<JsonForm>();
        foreach (var item in value.EnumerateArray())
        {
            var place = $"{Place(member)}[{forms.Count}]";
            if (item.ValueKind != JsonValueKind.Object)
                _issues.Add(new Issue("structure", "This must be an object.", place, SpineCodes.InvalidValue));
            forms.Add(new JsonForm(item.ValueKind == JsonValueKind.Object ? item : Empty, place, _issues));
        }

        return forms;
    }

    /// <summary>The parser takes texts unread; this finds one that cannot be read before anybody relies on it.</summary>
    /// <exception cref="InvalidOperationException">A text or a member's name is no Unicode.</exception>
    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            _ = element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray())
                ReadTexts(item);
        else if (element.ValueKind == JsonValueKind.Object)
            foreach (var member in element.EnumerateObject())
            {
                _ = member.Name;
                ReadTexts(member.Value);
            }
    }

    private static JsonElement Empty { get; } = JsonDocument.Parse("{}").RootElement.Clone();

    private string Place(string member) =>
        member.Length == 0 ? _path
        : _path.Length == 0 ? member
        : $"{_path}.{member}";
}
