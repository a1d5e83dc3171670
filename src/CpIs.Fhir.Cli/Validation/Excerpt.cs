using System.Text;
using CpIs.Fhir.Cli.Output;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>A line of the source and the column that is meant, cut to the width of a screen.</summary>
/// <param name="Text">The line, or what of it is near the column.</param>
/// <param name="Caret">How many characters are before the one that is meant.</param>
internal sealed record Excerpt(string Text, int Caret)
{
    private const int Width = 100;
    private const int Before = 40;

    /// <summary>Cuts it out; null when there is no such line.</summary>
    /// <param name="source">The whole text.</param>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1, in UTF-16 units.</param>
    public static Excerpt? Of(ReadOnlySpan<byte> source, int line, int column)
    {
        for (var skipped = 1; skipped < line; skipped++)
        {
            var end = source.IndexOf((byte)'\n');
            if (end < 0)
                return null;
            source = source[(end + 1)..];
        }

        if (source.IndexOf((byte)'\n') is >= 0 and var rest)
            source = source[..rest];
        var text = Printable.Of(Encoding.UTF8.GetString(source).TrimEnd('\r'));
        var at = Math.Clamp(column - 1, 0, text.Length);
        var from = text.Length <= Width || at <= Before ? 0 : at - Before;
        var indent = from == 0 ? text.Length - text.TrimStart().Length : 0;
        from += Math.Min(indent, at);
        var shown = text[from..Math.Min(text.Length, from + Width)];
        var prefix = from > indent ? "..." : "";
        return new Excerpt(
            prefix + shown + (from + shown.Length < text.Length ? "..." : ""),
            prefix.Length + at - from
        );
    }
}
