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
                $"{outcome.Position},{outcome.Verdict},{outcome.Effect.Code()},{Quoted(outcome.LocalId)},{Quoted(fault?.PlanId)},{Quoted(plans)},{fault?.Severity},{fault?.Rule},{Quoted(fault?.Element)},{Quoted(fault?.Text)}\r\n"
            );
        return rows.ToString();
    }

    /// <summary>In quotes always; what a spreadsheet would take for a formula begins with an apostrophe.</summary>
    internal static string Quoted(string? text) =>
        string.IsNullOrEmpty(text) ? ""
        : text[0] is '=' or '+' or '-' or '@' or '\t' or '\r'
            ? $"\"'{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
