using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What an EpisodeOfCare says of a plan, or a Flag repeats of it. Every value has passed the rules.
/// </summary>
/// <param name="PlanId">The authority's plan id.</param>
/// <param name="Type">Which of the three statuses.</param>
/// <param name="Status">Where the plan stands; a Flag says <c>inactive</c> for finished.</param>
/// <param name="Child">Whose plan; for an unborn plan the mother.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day, expected date of delivery, or null.</param>
internal sealed record PlanContent(
    string PlanId,
    PlanType Type,
    PlanStatus Status,
    NhsNumber Child,
    PlanDay Start,
    PlanDay? End
)
{
    /// <summary>True for a plan of a family in flight: sent with the mark, or marked before.</summary>
    public bool IsProtected { get; init; }

    /// <summary>What lies next to a stored record of it.</summary>
    /// <param name="episodeId">Id of its EpisodeOfCare.</param>
    public Plan Beside(string episodeId) =>
        new(episodeId, Type, Status, Start.Day, End?.Day) { IsProtected = IsProtected };
}
