namespace CpIs.Fhir.Core.Plans;

/// <summary>The three statuses that CP-IS holds, and nothing more (facts: England-ChildProtectionPlan value set).</summary>
public enum PlanType
{
    /// <summary>Child protection plan, SNOMED CT 342191000000101.</summary>
    ChildProtectionPlan,

    /// <summary>Looked after child, SNOMED CT 764841000000100.</summary>
    LookedAfter,

    /// <summary>Unborn child protection plan, SNOMED CT 818901000000100. The subject is the mother.</summary>
    UnbornChildProtectionPlan,
}

/// <summary>The SNOMED CT codes of the plan types, both ways.</summary>
public static class PlanTypes
{
    /// <summary>The three types in the order of their codes.</summary>
    public static IReadOnlyList<PlanType> All { get; } =
    [PlanType.ChildProtectionPlan, PlanType.LookedAfter, PlanType.UnbornChildProtectionPlan];

    /// <summary>SNOMED CT concept id.</summary>
    public static string Code(this PlanType type) =>
        type switch
        {
            PlanType.ChildProtectionPlan => "342191000000101",
            PlanType.LookedAfter => "764841000000100",
            PlanType.UnbornChildProtectionPlan => "818901000000100",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>What a clinician reads.</summary>
    public static string Display(this PlanType type) =>
        type switch
        {
            PlanType.ChildProtectionPlan => "Subject to child protection plan",
            PlanType.LookedAfter => "Looked after child",
            PlanType.UnbornChildProtectionPlan => "Unborn child subject to child protection plan",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>The type of a SNOMED CT concept id, or null when it is none of the three.</summary>
    public static PlanType? FromCode(string? code) =>
        code switch
        {
            "342191000000101" => PlanType.ChildProtectionPlan,
            "764841000000100" => PlanType.LookedAfter,
            "818901000000100" => PlanType.UnbornChildProtectionPlan,
            _ => null,
        };
}
