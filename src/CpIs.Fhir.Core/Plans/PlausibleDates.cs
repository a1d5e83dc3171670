using System.Globalization;

namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// Whether the dates of an active plan can be true (design: "Plausible dates"). A mistyped year hides a child without a
/// word: what cannot be true is refused, what is unlikely is taken with a warning. Asked of active plans only; what is not
/// refused here is what is finished, withdrawn, or sent again as it is held. All days are days in London.
/// </summary>
public static class PlausibleDates
{
    /// <summary>The longest pregnancy, in days (43 weeks): a due date is no further ahead, and a plan no further before birth.</summary>
    public const int LongestPregnancyDays = 301;

    /// <summary>A mother younger than so many years is unlikely.</summary>
    public const int YoungestMother = 12;

    /// <summary>A mother older than so many years is unlikely.</summary>
    public const int OldestMother = 55;

    /// <summary>So many days after the due date the authority is reminded that the plan will be hidden.</summary>
    public const int OverdueDays = 14;

    /// <summary>What is wrong with the dates of one active plan.</summary>
    /// <param name="planId">The authority's plan id, for the sentence.</param>
    /// <param name="plan">The plan as it will be held.</param>
    /// <param name="born">Date of birth of the child; for an unborn plan the mother's.</param>
    /// <param name="move">What the upload does to the plan.</param>
    /// <param name="today">The day.</param>
    public static IEnumerable<DateProblem> Judge(
        string planId,
        Plan plan,
        DateOnly born,
        PlanMove move,
        DateOnly today
    ) =>
        plan.Status != PlanStatus.Active ? []
        : plan.Type.EndIsDueDate ? OfUnborn(planId, plan, born, move, today)
        : OfChild(planId, plan, born, move, today);

    /// <summary>True where a correction of the date of birth alone would hide a plan, because the person is too old for it.</summary>
    public static bool HidesByAge(PlanType type, DateOnly heldBirthDate, DateOnly sentBirthDate, DateOnly today) =>
        !IsTooOld(type, heldBirthDate, today) && IsTooOld(type, sentBirthDate, today);

    private static IEnumerable<DateProblem> OfChild(
        string planId,
        Plan plan,
        DateOnly born,
        PlanMove move,
        DateOnly today
    )
    {
        if (IsTooOld(plan.Type, born, today))
            yield return move == PlanMove.Opens
                ? Refused(
                    "cpis-plan-adult",
                    "patient",
                    $"Plan {planId} is new and active, and the person is {plan.Type.HiddenFromAge} or older: no setting would see it. Check the date of birth, or send the plan as finished."
                )
                : Warned(
                    "cpis-plan-adult",
                    "patient",
                    $"Plan {planId}: the person is now {plan.Type.HiddenFromAge} or older, so settings no longer see it. Send its end (status finished with period.end)."
                );
        if (plan.Start >= born || plan.Type.DaysBeforeBirth is not { } before)
            yield break;
        if (plan.Start.DayNumber >= born.DayNumber - before || move == PlanMove.Stays)
            yield return Warned(
                "cpis-plan-before-birth",
                "period.start",
                $"Plan {planId} starts before the child was born. Settings see it from birth. Check period.start and the date of birth."
            );
        else
            yield return Refused(
                "cpis-plan-before-birth",
                "period.start",
                before == 0
                    ? $"Plan {planId} starts before the child was born. A plan of this type starts on the day of birth or later. Sent: {Day(plan.Start)}. Check period.start and the date of birth."
                    : $"Plan {planId} starts more than {before} days before the child was born. Sent: {Day(plan.Start)}. Check period.start and the date of birth."
            );
    }

    private static IEnumerable<DateProblem> OfUnborn(
        string planId,
        Plan plan,
        DateOnly born,
        PlanMove move,
        DateOnly today
    )
    {
        if (Visibility.Birthday(born, YoungestMother) > today || Visibility.Birthday(born, OldestMother + 1) <= today)
            yield return Warned(
                "cpis-plan-mother-age",
                "patient",
                $"Plan {planId}: the mother is under {YoungestMother} or over {OldestMother}. The Patient of an unborn plan is the mother. Check the NHS number and the date of birth."
            );
        if (plan.End is not { } due)
            yield break;
        var latest = today.AddDays(LongestPregnancyDays);
        if (due > latest && move != PlanMove.Stays)
            yield return Refused(
                "cpis-plan-due-date-ahead",
                "period.end",
                $"The due date of plan {planId} is more than {LongestPregnancyDays} days ahead. Sent: {Day(due)}. Latest: {Day(latest)}. Check the year."
            );
        var over = today.DayNumber - due.DayNumber;
        if (over >= OverdueDays)
            yield return Warned(
                "cpis-plan-overdue",
                "period.end",
                over <= plan.Type.DaysAfterEnd
                    ? $"The due date of plan {planId} passed {over} days ago: settings see the plan for {plan.Type.DaysAfterEnd - over} more days. Is the child born? Send the end of this plan, and the child's own plan if there is one."
                    : $"The due date of plan {planId} passed {over} days ago, so settings no longer see it. Send the end of this plan, and the child's own plan if there is one."
            );
    }

    private static bool IsTooOld(PlanType type, DateOnly born, DateOnly today) =>
        type.HiddenFromAge is { } age && today >= Visibility.Birthday(born, age);

    private static DateProblem Refused(string rule, string element, string text) => new(rule, element, text, true);

    private static DateProblem Warned(string rule, string element, string text) => new(rule, element, text, false);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
