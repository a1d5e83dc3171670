using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>The rules about the days of a plan that depend on today. A withdrawn plan has none: what was wrong can always be withdrawn.</summary>
internal static class PlanDays
{
    public static IEnumerable<DateProblem> Judge(
        PlanStatus status,
        PlanType? type,
        PlanDay? start,
        PlanDay? end,
        UploadContext context
    )
    {
        if (status == PlanStatus.Withdrawn)
            yield break;
        // An unborn plan stays active after its due date until the child is born.
        var isUnborn = type is { EndIsDueDate: true };
        if (end is not null && type is not null && !isUnborn && status == PlanStatus.Active && end.Day < context.Today)
            yield return Refused(
                "cpis-plan-active-end",
                "period.end",
                $"An active plan cannot end in the past. Sent: {end.Day:yyyy-MM-dd}. If the plan has ended, send status finished."
            );
        if (end is not null && status == PlanStatus.Finished && end.Day > context.Today)
            yield return Refused(
                "cpis-plan-finished-future",
                "period.end",
                isUnborn
                    ? $"The end of a finished unborn plan must be the day on which it ended, not the due date. Sent: {end.Day:yyyy-MM-dd}, which is in the future."
                    : $"A finished plan cannot end in the future. Sent: {end.Day:yyyy-MM-dd}. Send status active until that day."
            );
        if (start is not null && start.Day.DayNumber > context.Today.DayNumber + context.MaximumDaysAhead)
            yield return Refused(
                "cpis-plan-start-ahead",
                "period.start",
                $"A plan can start at most {context.MaximumDaysAhead} days ahead, because nobody sees it before then. Sent: {start.Day:yyyy-MM-dd}. Check the year."
            );
    }

    private static DateProblem Refused(string rule, string element, string text) => new(rule, element, text, true);
}
