using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>FHIR R4's own definitions, from the slim file in this assembly.</summary>
public static class CoreDefinitions
{
    /// <summary>Name and version of the package that they are from.</summary>
    public const string Package = "hl7.fhir.r4.core#4.0.1";

    private const int LargestText = 16 * 1_024 * 1_024;
    private const string Resource = "hl7.fhir.r4.core.ndjson.br";

    /// <summary>Loads the index; each definition is read when it is asked for.</summary>
    public static DefinitionLayer Load() => new(Read(Text()));

    /// <summary>The slim file, decompressed.</summary>
    internal static byte[] Text()
    {
        using var stream =
            typeof(CoreDefinitions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in this assembly.");
        var compressed = new byte[stream.Length];
        stream.ReadExactly(compressed);
        // In one call into rented room: at the start of a tool each stream and each growing costs a millisecond.
        var room = ArrayPool<byte>.Shared.Rent(LargestText);
        try
        {
            return BrotliDecoder.TryDecompress(compressed, room, out var length)
                ? room.AsSpan(0, length).ToArray()
                : throw new InvalidOperationException($"{Resource} is damaged, or larger than {LargestText} bytes.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static List<DefinitionEntry> Read(byte[] text)
    {
        var lineEnd = text.AsSpan().IndexOf((byte)'\n');
        var index = new Utf8JsonReader(text.AsSpan(0, lineEnd));
        var entries = new List<DefinitionEntry>(1_024);
        var at = lineEnd + 1;
        index.Read();
        while (index.Read() && index.TokenType == JsonTokenType.String)
        {
            var type = TypeName(ref index);
            index.Read();
            var url = index.GetString()!;
            index.Read();
            var version = index.GetString();
            index.Read();
            var line = text.AsMemory(at, index.GetInt32());
            entries.Add(new DefinitionEntry(type, url, version, () => line));
            at += line.Length;
        }

        return entries;
    }

    private static string TypeName(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("StructureDefinition"u8) ? "StructureDefinition"
        : reader.ValueTextEquals("ValueSet"u8) ? "ValueSet"
        : "CodeSystem";
}
