using Spectre.Console;

namespace CpIs.Fhir.Cli.Output;

/// <summary>A table with lines and colour, for a person at a terminal.</summary>
internal static class TerminalTable
{
    public static void Write(
        TextWriter output,
        bool colours,
        IReadOnlyList<string> headings,
        IReadOnlyList<IReadOnlyList<string>> rows
    )
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Printable.Of(cell))));
        Terminal.On(output, colours).Write(table);
    }
}
