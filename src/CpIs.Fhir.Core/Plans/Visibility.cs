namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// Who may see a plan when. The one place of this rule (design: "Visibility comes from period and withdrawal, in
/// London days"; facts 2.6 and 3.4).
/// </summary>
public static class Visibility
{
    /// <summary>Days for which a child protection plan or looked-after status is shown after its last day, inclusive.</summary>
    public const int DaysAfterEnd = 365;

    /// <summary>Days for which an unborn plan is shown after its end (<see cref="EndOf"/>), inclusive.</summary>
    public const int DaysAfterDueDate = 28;

    /// <summary>The age at which a child's own plans are hidden, from 00:00 London of that birthday.</summary>
    public const int AdultAge = 18;

    /// <summary>True when a setting is shown the plan on that day.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lastChanged">The day in London on which the plan last changed.</param>
    /// <param name="birthDate">The subject's date of birth as the plan's authority tells it; null hides by age never.</param>
    /// <param name="today">The day in London.</param>
    public static bool IsVisible(Plan plan, DateOnly lastChanged, DateOnly? birthDate, DateOnly today)
    {
        if (plan.Status == PlanStatus.Withdrawn || today < plan.Start)
            return false;
        if (plan.Type == PlanType.UnbornChildProtectionPlan)
            return EndOf(plan, lastChanged) is not { } over || today.DayNumber <= over.DayNumber + DaysAfterDueDate;
        if (plan.End is { } end && today.DayNumber > end.DayNumber + DaysAfterEnd)
            return false;
        return birthDate is not { } born || today < EighteenthBirthday(born);
    }

    /// <summary>
    /// The last day on which a setting can be shown the plan as it stands, or null where none can be told yet. On no later
    /// day does <see cref="IsVisible"/> say yes; before its first day a plan is not shown either.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="birthDate">The subject's date of birth as the plan's authority tells it; null hides by age never.</param>
    /// <param name="lastChanged">
    /// The day in London on which the plan last changed: a withdrawn one was shown until then, a finished one ended then at the
    /// latest.
    /// </param>
    public static DateOnly? LastVisibleDay(Plan plan, DateOnly? birthDate, DateOnly lastChanged)
    {
        if (plan.Status == PlanStatus.Withdrawn)
            return lastChanged;
        if (plan.Type == PlanType.UnbornChildProtectionPlan)
            return After(EndOf(plan, lastChanged), DaysAfterDueDate);
        var last = After(plan.End, DaysAfterEnd);
        return birthDate is { } born && EighteenthBirthday(born).AddDays(-1) is var minor && !(last < minor)
            ? minor
            : last;
    }

    /// <summary>
    /// When a plan ended or is to end: of an unborn plan the due date while it is active, and the actual day when it is
    /// finished. A finished one that ends after it was finished is from when its end was the due date still.
    /// </summary>
    private static DateOnly? EndOf(Plan plan, DateOnly lastChanged) =>
        plan is { Status: PlanStatus.Finished, End: { } end } && end > lastChanged ? lastChanged : plan.End;

    private static DateOnly? After(DateOnly? end, int days) =>
        end is { } day ? DateOnly.FromDayNumber(Math.Min(day.DayNumber + days, DateOnly.MaxValue.DayNumber)) : null;

    /// <summary>
    /// The 18th birthday; for a child born on 29 February, 1 March where the year has no such day (the law of England
    /// and Wales counts a full year: Family Law Reform Act 1969 s.9 attains age at the commencement of the anniversary).
    /// </summary>
    public static DateOnly EighteenthBirthday(DateOnly born) =>
        born is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(born.Year + AdultAge)
            ? new DateOnly(born.Year + AdultAge, 3, 1)
            : born.AddYears(AdultAge);
}
