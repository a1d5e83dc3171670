using System.Reflection;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>The profiles of this exchange as they are published (<c>profiles/built</c>), from this assembly.</summary>
public static class OwnDefinitions
{
    private const string Prefix = "profiles/";

    private static Assembly Assembly => typeof(OwnDefinitions).Assembly;

    /// <summary>Finds what there is; each definition is read when it is asked for.</summary>
    public static DefinitionLayer Load() =>
        new([
            .. Names()
                .Select(name => DefinitionLayer.Entry(Bytes(name).Span, () => Bytes(name)))
                .OfType<DefinitionEntry>(),
        ]);

    /// <summary>All published artefacts in JSON by the names of their files, also those that are no definitions.</summary>
    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Json)> Files() =>
        Names().Select(name => (name[Prefix.Length..], Bytes(name)));

    private static IEnumerable<string> Names() =>
        Assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static ReadOnlyMemory<byte> Bytes(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
