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
        for (var i = 0; i < headings.Count; i++)
            table.AddColumn(
                new TableColumn(new Text(headings[i], new Style(decoration: Decoration.Bold)))
                {
                    // A date or an id that is broken in two is read wrong.
                    NoWrap = rows.All(row => !row[i].Contains(' ', StringComparison.Ordinal)),
                }
            );
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Printable.Of(cell))));
        Terminal.On(output, colours).Write(table);
    }
}
