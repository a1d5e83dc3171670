namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// The table of plan types: three, and nothing more (facts: England-ChildProtectionPlan value set). A fourth is one row here, one code
/// in the profiles' value set, and its texts: <c>docs/for/contributors.md</c> lists the files.
/// </summary>
public static class PlanTypes
{
    /// <summary>A child protection plan.</summary>
    public static PlanType ChildProtectionPlan { get; } =
        new()
        {
            Name = "ChildProtectionPlan",
            Code = "342191000000101",
            Display = "Subject to child protection plan",
            ShortNames = ["CPP"],
            DaysAfterEnd = 365,
            HiddenFromAge = 18,
            EndIsDueDate = false,
            DaysBeforeBirth = PlausibleDates.LongestPregnancyDays,
        };

    /// <summary>The child is looked after by the authority.</summary>
    public static PlanType LookedAfter { get; } =
        new()
        {
            Name = "LookedAfter",
            Code = "764841000000100",
            Display = "Looked after child",
            ShortNames = ["LAC", "CLA"],
            DaysAfterEnd = 365,
            HiddenFromAge = 18,
            EndIsDueDate = false,
            DaysBeforeBirth = 0,
        };

    /// <summary>A child protection plan for a child before birth. The subject is the mother.</summary>
    public static PlanType UnbornChildProtectionPlan { get; } =
        new()
        {
            Name = "UnbornChildProtectionPlan",
            Code = "818901000000100",
            Display = "Unborn child subject to child protection plan",
            ShortNames = ["UCP", "UCPP", "unborn"],
            DaysAfterEnd = 28,
            HiddenFromAge = null,
            EndIsDueDate = true,
            DaysBeforeBirth = null,
        };

    private static volatile IReadOnlyList<PlanType> s_all =
    [
        ChildProtectionPlan,
        LookedAfter,
        UnbornChildProtectionPlan,
    ];

    /// <summary>Every row.</summary>
    public static IReadOnlyList<PlanType> All => s_all;

    /// <summary>The type of a SNOMED CT concept id, or null when it is none of them.</summary>
    public static PlanType? FromCode(string? code) => All.FirstOrDefault(type => type.Code == code);

    /// <summary>The type that a store keeps under a name, or null when it is none of them.</summary>
    public static PlanType? FromName(string? name) => All.FirstOrDefault(type => type.Name == name);

    /// <summary>One row more until the result is disposed of: how a test shows what a fourth type touches.</summary>
    internal static IDisposable Try(PlanType another)
    {
        var before = s_all;
        s_all = [.. before, another];
        return new Trial(before);
    }

    private sealed class Trial(IReadOnlyList<PlanType> before) : IDisposable
    {
        public void Dispose() => s_all = before;
    }
}
