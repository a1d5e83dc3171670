using System.Collections.Frozen;

namespace CpIs.Fhir.Core.Callers;

/// <summary>Codes of the setting-kind code system; a test holds them to the published one.</summary>
public static class SettingKinds
{
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
            "dentistry"
        );
}
