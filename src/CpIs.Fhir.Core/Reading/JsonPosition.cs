using System.Globalization;

namespace CpIs.Fhir.Core.Reading;

/// <summary>Tells a person where in a JSON text something stands; lines and columns count from 1.</summary>
internal static class JsonPosition
{
    /// <summary>The words of a byte offset, such as <c>at line 4, column 69</c>. Columns count bytes.</summary>
    public static string Of(ReadOnlySpan<byte> json, int offset)
    {
        var (line, column) = Locate(json, offset);
        return Of(line, column);
    }

    /// <summary>Line and column of a byte offset.</summary>
    public static (int Line, int Column) Locate(ReadOnlySpan<byte> json, int offset)
    {
        var before = json[..Math.Min(offset, json.Length)];
        return (before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }

    /// <summary>The words of a line and a column.</summary>
    public static string Of(long line, long column) =>
        string.Create(CultureInfo.InvariantCulture, $"at line {line}, column {column}");
}
