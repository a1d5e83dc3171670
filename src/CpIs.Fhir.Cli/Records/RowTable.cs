using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Cli.Records;

/// <summary>Rows as a table for people.</summary>
internal static class RowTable
{
    /// <summary>Shows them under the line that they are not for the patient's eyes.</summary>
    public static void ShowChildren(Report report, IReadOnlyList<string> headings, IReadOnlyList<IRow> rows)
    {
        if (rows.Count > 0)
            report.Line(AnswerTexts.NotForThePatient);
        Show(report, headings, rows);
    }

    /// <summary>Shows rows that tell of no child.</summary>
    public static void Show(Report report, IReadOnlyList<string> headings, IReadOnlyList<IRow> rows)
    {
        if (rows.Count == 0)
        {
            report.Line("(none)");
            return;
        }

        // An operator is told no child and no plan: a column without a word is left out.
        var cells = rows.Select(row => row.Cells).ToList();
        var columns = Enumerable.Range(0, headings.Count).Where(i => cells.Exists(row => row[i].Length > 0)).ToList();
        report.Table(
            [.. columns.Select(i => headings[i])],
            [.. cells.Select(row => (IReadOnlyList<string>)[.. columns.Select(i => row[i])])]
        );
    }
}
