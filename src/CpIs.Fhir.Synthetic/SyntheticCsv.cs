using System.Globalization;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Synthetic;

/// <summary>Writes synthetic children as rows of a daily file in CSV, as a spreadsheet would: dates with the day first, words for codes.</summary>
public static class SyntheticCsv
{
    /// <summary>The first row.</summary>
    public static string Header { get; } = string.Join(',', CsvColumns.All.Select(column => column.Name));

    /// <summary>The cells of each plan of a child, by column.</summary>
    public static IEnumerable<Dictionary<CsvColumn, string>> Rows(SyntheticChild child)
    {
        ArgumentNullException.ThrowIfNull(child);
        return child.Plans.Select(plan => new Dictionary<CsvColumn, string>
        {
            [CsvColumns.NhsNumber] = child.NhsNumber.Digits,
            [CsvColumns.Family] = child.Family,
            [CsvColumns.Given] = string.Join(' ', child.Given),
            [CsvColumns.BirthDate] = Day(child.BirthDate),
            [CsvColumns.LocalId] = child.LocalId,
            [CsvColumns.PlanId] = plan.PlanId,
            [CsvColumns.Type] = plan.Type.Display,
            [CsvColumns.Start] = Day(plan.Start),
            [CsvColumns.End] = plan.End is { } end ? Day(end) : "",
            [CsvColumns.Status] = plan.Status == PlanStatus.Finished ? "finished" : "active",
        });
    }

    /// <summary>A row as a line, without its end.</summary>
    public static string Line(IReadOnlyDictionary<CsvColumn, string> row) =>
        string.Join(',', CsvColumns.All.Select(column => Quoted(row.GetValueOrDefault(column, ""))));

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Day(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
}
