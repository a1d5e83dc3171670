namespace CpIs.Fhir.Cli.Output;

/// <summary>Aligned columns without lines or colour: what a pipe, a log or a screen reader gets.</summary>
internal static class PlainTable
{
    public static void Write(
        TextWriter output,
        IReadOnlyList<string> headings,
        IReadOnlyList<IReadOnlyList<string>> rows
    )
    {
        var lines = rows.Select(row => row.Select(Printable.Of).ToArray()).Prepend([.. headings]).ToList();
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Length)).ToList();
        foreach (var line in lines)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
