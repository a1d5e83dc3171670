using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// Writes the slim file of FHIR's own definitions: brotli of lines of JSON. The first line is the index, an array of resource type,
/// canonical, version and length of line for each; then the definitions, a line each. The same package gives the same bytes.
/// </summary>
public static class CoreDefinitionsWriter
{
    private const int BestQuality = 11;
    private const int LargestWindow = 24;

    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Writes the file, compressed.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="resources">Resources of a package <c>hl7.fhir.r4.core</c> in JSON, in any order; those that validation has no use for are left out.</param>
    /// <returns>How many definitions were written.</returns>
    /// <exception cref="JsonException">A resource is not JSON.</exception>
    public static int Write(Stream output, IEnumerable<ReadOnlyMemory<byte>> resources)
    {
        var (text, count) = WriteText(resources);
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(text.Length)];
        if (!BrotliEncoder.TryCompress(text, compressed, out var length, BestQuality, LargestWindow))
            throw new InvalidOperationException("Brotli needed more room than it says it does.");
        output.Write(compressed, 0, length);
        return count;
    }

    /// <summary>The file before compression.</summary>
    internal static (byte[] Text, int Count) WriteText(IEnumerable<ReadOnlyMemory<byte>> resources)
    {
        var kept = CoreClosure
            .Of(
                resources
                    .Where(json => DefinitionHead.Read(json.Span).IsDefinition)
                    .Select(json => JsonElement.Parse(json.Span))
            )
            .Select(definition => (definition, Line(json => SlimDefinition.Write(json, definition))))
            .ToList();
        var index = Line(json => WriteIndex(json, kept));
        return ([.. index, .. kept.SelectMany(definition => definition.Item2)], kept.Count);
    }

    private static void WriteIndex(Utf8JsonWriter json, List<(JsonElement Definition, byte[] Line)> kept)
    {
        json.WriteStartArray();
        foreach (var (definition, line) in kept)
        {
            json.WriteStringValue(definition.GetProperty("resourceType").GetString());
            json.WriteStringValue(definition.GetProperty("url").GetString());
            json.WriteStringValue(definition.TryGetProperty("version", out var v) ? v.GetString() : null);
            json.WriteNumberValue(line.Length);
        }

        json.WriteEndArray();
    }

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Compact))
            write(json);
        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }
}
