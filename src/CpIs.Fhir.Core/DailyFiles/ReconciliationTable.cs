using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A reconciliation as CSV (RFC 4180): a row for each plan. Nothing personal is in it but the authority's own ids.</summary>
public static class ReconciliationTable
{
    /// <summary>The first row.</summary>
    public static string Header { get; } =
        CsvLine.Of(["list", "plan-id", "local-id", "type", "start", "end", "protected", "last-confirmed", "position"]);

    /// <summary>The row of a plan.</summary>
    public static string RowOf(ReportRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var missing = row.Missing;
        return CsvLine.Of([
            row.Code,
            row.PlanId,
            missing?.LocalId,
            missing?.Type.Code,
            missing?.Start,
            missing?.End,
            missing is null ? null
            : missing.IsProtected ? "true"
            : "false",
            missing?.Confirmed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture),
            row.Position?.ToString(),
        ]);
    }
}
