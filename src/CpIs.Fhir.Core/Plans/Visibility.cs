namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// Who may see a plan when. The one place of this rule (design: "Visibility comes from period and withdrawal, in
/// London days"; facts 2.6 and 3.4).
/// </summary>
public static class Visibility
{
    /// <summary>True when a setting is shown the plan on that day.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lastChanged">The day in London on which the plan last changed.</param>
    /// <param name="birthDate">The subject's date of birth as the plan's authority gives it; null: no age hides it.</param>
    /// <param name="today">The day in London.</param>
    public static bool IsVisible(Plan plan, DateOnly lastChanged, DateOnly? birthDate, DateOnly today)
    {
        if (plan.Status == PlanStatus.Withdrawn || today < plan.Start)
            return false;
        if (EndOf(plan, lastChanged) is { } end && today.DayNumber > end.DayNumber + plan.Type.DaysAfterEnd)
            return false;
        return HiddenFrom(plan.Type, birthDate) is not { } hidden || today < hidden;
    }

    /// <summary>
    /// The last day on which a setting can be shown the plan as it stands, or null where none is known yet. On no later
    /// day does <see cref="IsVisible"/> say yes; before its first day a plan is not shown either.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="birthDate">The subject's date of birth as the plan's authority gives it; null: no age hides it.</param>
    /// <param name="lastChanged">
    /// The day in London on which the plan last changed: a withdrawn one was shown until then, a finished one ended then at the
    /// latest.
    /// </param>
    public static DateOnly? LastVisibleDay(Plan plan, DateOnly? birthDate, DateOnly lastChanged)
    {
        if (plan.Status == PlanStatus.Withdrawn)
            return lastChanged;
        var last = After(EndOf(plan, lastChanged), plan.Type.DaysAfterEnd);
        return HiddenFrom(plan.Type, birthDate)?.AddDays(-1) is { } minor && !(last < minor) ? minor : last;
    }

    /// <summary>
    /// When a plan ended or is to end: of an unborn plan the due date while it is active, and the actual day when it is
    /// finished. One that was finished before its end is from when that end was the due date still.
    /// </summary>
    private static DateOnly? EndOf(Plan plan, DateOnly lastChanged) =>
        plan is { Status: PlanStatus.Finished, Type.EndIsDueDate: true, End: { } due } && due > lastChanged
            ? lastChanged
            : plan.End;

    private static DateOnly? After(DateOnly? end, int days) =>
        end is { } day ? DateOnly.FromDayNumber(Math.Min(day.DayNumber + days, DateOnly.MaxValue.DayNumber)) : null;

    private static DateOnly? HiddenFrom(PlanType type, DateOnly? birthDate) =>
        type.HiddenFromAge is { } age && birthDate is { } born ? Birthday(born, age) : null;

    /// <summary>
    /// The day on which somebody becomes so many years old; born on 29 February, 1 March where the year has no such day (the law of
    /// England and Wales counts a full year: Family Law Reform Act 1969 s.9 attains age at the commencement of the anniversary).
    /// </summary>
    /// <param name="born">Date of birth.</param>
    /// <param name="age">Years.</param>
    public static DateOnly Birthday(DateOnly born, int age) =>
        born is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(born.Year + age)
            ? new DateOnly(born.Year + age, 3, 1)
            : born.AddYears(age);
}
