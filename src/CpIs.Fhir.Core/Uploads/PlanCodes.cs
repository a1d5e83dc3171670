using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>How an EpisodeOfCare and its Flag write where a plan stands.</summary>
internal static class PlanCodes
{
    /// <summary><c>EpisodeOfCare.status</c>.</summary>
    public static string EpisodeStatus(PlanStatus status) =>
        status switch
        {
            PlanStatus.Active => "active",
            PlanStatus.Finished => "finished",
            _ => "entered-in-error",
        };

    /// <summary><c>Flag.status</c>.</summary>
    public static string FlagStatus(PlanStatus status) =>
        status switch
        {
            PlanStatus.Active => "active",
            PlanStatus.Finished => "inactive",
            _ => "entered-in-error",
        };
}
