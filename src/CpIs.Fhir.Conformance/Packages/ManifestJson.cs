using System.Text.Encodings.Web;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Writes and reads <c>package.json</c>.</summary>
internal static class ManifestJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(PackageManifest manifest)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Indented))
        {
            writer.WriteStartObject();
            Text("name", manifest.Name);
            Text("version", manifest.Version);
            Text("type", manifest.Type);
            Text("date", manifest.Date);
            Text("license", manifest.License);
            Text("canonical", manifest.Canonical);
            Text("url", manifest.Url);
            Text("title", manifest.Title);
            Text("description", manifest.Description);
            Text("author", manifest.Author);
            Text("jurisdiction", manifest.Jurisdiction);
            writer.WriteStartArray("fhirVersions");
            foreach (var version in manifest.FhirVersions)
                writer.WriteStringValue(version);
            writer.WriteEndArray();
            writer.WriteStartObject("dependencies");
            foreach (var (name, version) in manifest.Dependencies.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                writer.WriteString(name, version);
            writer.WriteEndObject();
            writer.WriteEndObject();

            void Text(string name, string? value)
            {
                if (value is not null)
                    writer.WriteString(name, value);
            }
        }

        json.WriteByte((byte)'\n');
        return json.ToArray();
    }

    /// <summary>Reads a manifest; null with a problem in words when it is none.</summary>
    public static PackageManifest? Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json);
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || Text(root, "name") is not { Length: > 0 } name
                || Text(root, "version") is not { Length: > 0 } version
            )
            {
                problem = "it has no name and version";
                return null;
            }

            problem = null;
            return new PackageManifest(name, version)
            {
                FhirVersions =
                [
                    .. Texts(root, "fhirVersions")
                        .Concat(Texts(root, "fhir-version-list"))
                        .Concat(Texts(root, "fhirVersion"))
                        .Distinct(),
                ],
                Dependencies = Pairs(root, "dependencies"),
                Type = Text(root, "type"),
                Date = Text(root, "date"),
                License = Text(root, "license"),
                Canonical = Text(root, "canonical"),
                Url = Text(root, "url"),
                Title = Text(root, "title"),
                Description = Text(root, "description"),
                Author = Text(root, "author"),
                Jurisdiction = Text(root, "jurisdiction"),
            };
        }
        catch (JsonException malformed)
        {
            problem = malformed.Message;
            return null;
        }
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement of, string name) =>
        of.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)
            : [];

    private static Dictionary<string, string> Pairs(JsonElement of, string name)
    {
        var pairs = new Dictionary<string, string>();
        if (of.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object)
            foreach (var pair in values.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String))
                pairs[pair.Name] = pair.Value.GetString()!;
        return pairs;
    }
}
