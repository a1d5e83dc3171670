namespace CpIs.Fhir.Server.Pages;

/// <summary>A table of the NHS design system. On a narrow screen each row becomes a list, and every cell says which column it is of.</summary>
/// <param name="Caption">What the table is.</param>
/// <param name="Columns">Headings; the first is that of the cell that names the row.</param>
/// <param name="Rows">The rows; where there are none, nothing is shown.</param>
internal sealed record PageTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<PageRow> Rows)
{
    /// <summary>True where the heading above says the same to those who see.</summary>
    public bool IsCaptionHidden { get; init; }

    /// <summary>The table as markup.</summary>
    public Html Markup =>
        Rows.Count == 0
            ? Html.None
            : Html.Of(
                $"""
                <table role="table" class="nhsuk-table-responsive cpis-table">
                <caption class="nhsuk-table__caption{(IsCaptionHidden ? " nhsuk-u-visually-hidden" : "")}">{Caption}</caption>
                <thead role="rowgroup" class="nhsuk-table__head"><tr role="row">{Html.Join(
                    Columns.Select(name => Html.Of($"""<th role="columnheader" scope="col">{name}</th>"""))
                )}</tr></thead>
                <tbody role="rowgroup" class="nhsuk-table__body">
                {Html.Join(Rows.Select(Row))}</tbody>
                </table>

                """
            );

    private Html Row(PageRow row) =>
        Html.Of(
            $"""
            <tr role="row" class="nhsuk-table__row"{Id(row.Id)}><th role="rowheader" scope="row" class="nhsuk-table__header">{Heading(
                Columns[0]
            )}<div>{row.Name}</div></th>{Html.Join(row.Cells.Select((cell, at) => Cell(Columns[at + 1], cell)))}</tr>

            """
        );

    private static Html Cell(string column, Html cell) =>
        Html.Of($"""<td role="cell" class="nhsuk-table__cell">{Heading(column)}<div>{cell}</div></td>""");

    private static Html Heading(string column) =>
        Html.Of($"""<span class="nhsuk-table-responsive__heading" aria-hidden="true">{column} </span>""");

    private static Html Id(string? id) => id is null ? Html.None : Html.Of($" id=\"{id}\"");
}
