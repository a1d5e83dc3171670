using System.Globalization;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>How a full file compares with what is held, as a page: what to look at first, and what can be done about it.</summary>
internal static class ReconciliationPage
{
    public static Page Of(DailyFile file, IReadOnlyList<ReportRow> rows)
    {
        var number = file.Sequence.ToString(CultureInfo.InvariantCulture);
        var report = file.Reconciliation!;
        return new Page(
            $"Daily file {number}: reconciliation",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">Daily file {number}: what it leaves out, and what it changed</h1>
                <p>Made {LondonCalendar.Read(file.Made)}. {Text(report.Held)} open plans are held. {Text(
                    report.Missing
                )} of them are not in the file; {Text(report.Newer)} have newer news than the file.</p>
                <p>{Next(file, report)}</p>
                {Table("Held, and not in the file", rows, ReportList.Missing)}
                {Table("In the file, refused, and not held", rows, ReportList.NotHeld)}
                {Table("In the file, refused, and held as before", rows, ReportList.RefusedHeld)}
                {Table("New or changed by the file", rows, ReportList.Changed)}
                """
            )
        );
    }

    private static string Next(DailyFile file, Reconciliation report) =>
        report.Missing == 0 ? "Nothing is missing, so there is nothing to end."
        : file.Ending is not null ? "The ending of these plans was asked for."
        : $"Nothing has ended. If these plans are over, end them until {LondonCalendar.Read(report.EndsUntil!.Value)}: cpis reconciliation {file.Id} --end-missing {Text(report.Missing)}.{(report.NeedsSecondPerson ? " A second person must approve, because it is more than 5 %." : "")}";

    private static Html Table(string caption, IEnumerable<ReportRow> rows, ReportList list) =>
        list == ReportList.Missing
            ? new PageTable(
                caption,
                ["Plan", "Person", "Type", "Start", "End or due date", "Last confirmed"],
                [
                    .. rows.Select(row => row.Missing)
                        .OfType<MissingPlan>()
                        .Select(plan => new PageRow(
                            Html.Of($"{plan.PlanId}"),
                            Html.Of($"{plan.LocalId}"),
                            Html.Of($"{plan.Type.Display}{(plan.IsProtected ? " (protected)" : "")}"),
                            Html.Of($"{plan.Start}"),
                            Html.Of($"{plan.End}"),
                            Html.Of($"{LondonCalendar.Read(plan.Confirmed)}")
                        )),
                ]
            ).Markup
            : new PageTable(
                caption,
                ["Plan", "Position"],
                [
                    .. rows.Where(row => row.List == list)
                        .Select(row => new PageRow(Html.Of($"{row.PlanId}"), Html.Of($"{row.Position?.ToString()}"))),
                ]
            ).Markup;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
