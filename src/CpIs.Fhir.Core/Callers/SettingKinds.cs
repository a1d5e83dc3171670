using System.Collections.Frozen;

namespace CpIs.Fhir.Core.Callers;

/// <summary>Codes of the setting-kind code system; a test holds them to the published one.</summary>
public static class SettingKinds
{
    /// <summary>
    /// Kinds at which presenting is itself private to the child: nobody is told unless a named person says so (design.md, "Sensitive
    /// settings").
    /// </summary>
    private static readonly FrozenSet<string> Sensitive = FrozenSet.Create(
        StringComparer.Ordinal,
        "sarc",
        "termination-of-pregnancy",
        "sexual-health",
        "camhs"
    );

    /// <summary>All of them.</summary>
    public static FrozenSet<string> All { get; } =
        FrozenSet.Create(
            StringComparer.Ordinal,
            "emergency-department",
            "walk-in-centre",
            "minor-injury-unit",
            "out-of-hours-gp",
            "nhs-111",
            "ambulance",
            "maternity",
            "paediatric-ward",
            "gp",
            "camhs",
            "sarc",
            "community-paediatrics",
            "school-nursing",
            "health-visiting",
            "dentistry",
            "termination-of-pregnancy",
            "sexual-health"
        );

    /// <summary>True for a kind at which the mode is scheduled unless a person says otherwise for this child.</summary>
    public static bool IsSensitive(string? kind) => kind is not null && Sensitive.Contains(kind);
}
