using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>The answer to a daily file as a page: what is to be mended first, in words for whoever looks after the register.</summary>
internal static class DailyFilePage
{
    public static Page Of(DailyFile file, IReadOnlyList<RecordOutcome> outcomes, bool isDryRun)
    {
        var verdict = Verdicts.Of(file.Counts);
        var number = file.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Page(
            $"Daily file {number}",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">Daily file {number}: {verdict.Words()}</h1>
                <p>{verdict.ToString()}. Made {LondonCalendar.Read(file.Made)}. {file.Counts.ToString()}.{(
                    isDryRun ? " This was a dry run: nothing was stored." : ""
                )}{Reconciled(file, isDryRun)}</p>
                {Table("To mend: these records were refused", outcomes, "error")}
                {Table("To look at: these records were taken", outcomes, "warning")}
                {Table("Older than what is held", outcomes, "information")}
                """
            )
        );
    }

    /// <summary>What a full file leaves out; its ending is another step.</summary>
    private static Html Reconciled(DailyFile file, bool isDryRun)
    {
        if (file.Reconciliation is not { } report)
            return Html.None;
        var missing = report.Missing.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return isDryRun || file.FhirBase is null
            ? Html.Of($" Held, and not in the file: {missing} plans.")
            : Html.Of(
                $"""
                 Held, and not in the file: <a href="{file.FhirBase}/$upload/{file.Id}/$reconciliation">{missing} plans</a>. No plan ends by itself.
                """
            );
    }

    private static Html Table(string caption, IEnumerable<RecordOutcome> outcomes, string severity) =>
        new PageTable(
            caption,
            ["Position", "Plan or person", "Element or column", "What to do"],
            [
                .. outcomes.SelectMany(outcome =>
                    outcome
                        .Faults.Where(fault => fault.Severity == severity)
                        .Select(fault => new PageRow(
                            Html.Of($"{outcome.PositionOf(fault).ToString()}"),
                            Html.Of($"{fault.PlanId ?? outcome.LocalId}"),
                            Html.Of($"{fault.Element}"),
                            Html.Of($"{fault.Text}")
                        ))
                ),
            ]
        ).Markup;
}
