using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>The rules about the days of a plan that depend on today. A withdrawn plan has none: what was wrong can always be withdrawn.</summary>
internal static class PlanDays
{
    public static void Check(
        PlanStatus status,
        PlanType? type,
        PlanDay? start,
        PlanDay? end,
        Place place,
        UploadContext context
    )
    {
        if (status == PlanStatus.Withdrawn)
            return;
        // An unborn plan stays active after its due date until the child is born.
        var isUnborn = type is { EndIsDueDate: true };
        if (end is not null && type is not null && !isUnborn && status == PlanStatus.Active && end.Day < context.Today)
            place.Break(
                "period.end",
                "cpis-plan-active-end",
                $"An active plan has no end in the past. Sent: {end.Day:yyyy-MM-dd}. If the plan has ended, send status finished."
            );
        if (end is not null && status == PlanStatus.Finished && end.Day > context.Today)
            place.Break(
                "period.end",
                "cpis-plan-finished-future",
                isUnborn
                    ? $"A finished unborn plan ends on the day on which it ended, not on the due date. Sent: {end.Day:yyyy-MM-dd}, which is in the future."
                    : $"A finished plan has no end in the future. Sent: {end.Day:yyyy-MM-dd}. Until that day send status active."
            );
        if (start is not null && start.Day.DayNumber > context.Today.DayNumber + context.MaximumDaysAhead)
            place.Break(
                "period.start",
                "cpis-plan-start-ahead",
                $"A plan starts at most {context.MaximumDaysAhead} days ahead, because nobody sees it before. Sent: {start.Day:yyyy-MM-dd}. Check the year."
            );
    }
}
