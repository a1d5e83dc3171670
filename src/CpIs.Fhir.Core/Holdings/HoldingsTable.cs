using System.Globalization;
using System.Text;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Holdings;

/// <summary>What an authority holds as CSV (RFC 4180): a row for each plan, with the columns that are sent and when the plan was last confirmed.</summary>
public static class HoldingsTable
{
    /// <summary>The columns, in order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "nhs-number",
        "family",
        "given",
        "birth-date",
        "local-id",
        "plan-id",
        "type",
        "start",
        "end",
        "status",
        "protected",
        "last-confirmed",
    ];

    /// <summary>The first row.</summary>
    public static string Header { get; } = CsvLine.Of(Columns);

    /// <summary>The rows of a child.</summary>
    public static string RowsOf(HeldChild child)
    {
        ArgumentNullException.ThrowIfNull(child);
        var patient = UploadSnapshot.ReadPatient(child.Patient);
        var rows = new StringBuilder();
        foreach (var held in child.Plans)
        {
            var plan = UploadSnapshot.ReadPlan(held);
            rows.Append(
                CsvLine.Of([
                    patient.Number.Digits,
                    patient.Family,
                    string.Join(' ', patient.Given),
                    Day(patient.BirthDate),
                    patient.LocalId,
                    plan.PlanId,
                    plan.Type.Code,
                    Day(plan.Start.Day),
                    plan.End is { } end ? Day(end.Day) : null,
                    PlanCodes.EpisodeStatus(plan.Status),
                    plan.IsProtected ? "true" : "false",
                    Instant(Turns.StampOf(held).Time),
                ])
            );
        }

        return rows.ToString();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
