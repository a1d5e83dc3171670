using System.Globalization;
using System.Text;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The answer to a daily file as CSV (RFC 4180): a row for each fault, and for each record without any.</summary>
public static class DailyFileTable
{
    /// <summary>The first row.</summary>
    public const string Header =
        "position,verdict,effect,local id,plan id,plan ids,severity,rule,element,what to do\r\n";

    /// <summary>The rows of a record.</summary>
    public static string RowsOf(RecordOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var rows = new StringBuilder();
        var plans = string.Join(' ', outcome.Plans.Select(plan => plan.Id));
        foreach (var fault in outcome.Faults.DefaultIfEmpty(null))
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{outcome.PositionOf(fault)},{outcome.Verdict},{outcome.Effect.Code()},{CsvLine.Quoted(outcome.LocalId)},{CsvLine.Quoted(fault?.PlanId)},{CsvLine.Quoted(plans)},{fault?.Severity},{fault?.Rule},{CsvLine.Quoted(fault?.Element)},{CsvLine.Quoted(fault?.Text)}\r\n"
            );
        return rows.ToString();
    }
}
