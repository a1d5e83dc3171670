using System.Text.Json;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Writes the <c>.index.json</c> of a folder of a package, by which tools find resources without reading them all.</summary>
internal static class PackageIndex
{
    private static readonly string[] Properties =
    [
        "resourceType",
        "id",
        "url",
        "version",
        "kind",
        "type",
        "derivation",
        "content",
        "supplements",
    ];

    public static byte[] Write(IEnumerable<PackageFile> files)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("index-version", 2);
            writer.WriteStartArray("files");
            foreach (var file in files)
                WriteFile(writer, file);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        json.WriteByte((byte)'\n');
        return json.ToArray();
    }

    private static void WriteFile(Utf8JsonWriter writer, PackageFile file)
    {
        using var resource = JsonDocument.Parse(file.Json);
        writer.WriteStartObject();
        writer.WriteString("filename", file.Path[(file.Path.LastIndexOf('/') + 1)..]);
        foreach (var name in Properties)
            // An element called type or url may be anything in a resource; only texts are what the index means.
            if (resource.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                writer.WriteString(name, value.GetString());
        writer.WriteEndObject();
    }
}
