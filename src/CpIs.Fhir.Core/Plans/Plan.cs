using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Plans;

/// <summary>Where a plan is in its life, as <c>EpisodeOfCare.status</c> says it.</summary>
public enum PlanStatus
{
    /// <summary>In force (<c>active</c>).</summary>
    Active,

    /// <summary>Ended (<c>finished</c>); shown for 365 days more.</summary>
    Finished,

    /// <summary>Sent by mistake (<c>entered-in-error</c>); never shown again.</summary>
    Withdrawn,
}

/// <summary>
/// What the rules need to know of a plan, kept with its stored EpisodeOfCare and Flag so that a look-up parses nothing.
/// </summary>
/// <param name="EpisodeId">Id of the EpisodeOfCare, the one truth of the plan.</param>
/// <param name="Type">One of the three statuses.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Start">First day, as a day in London.</param>
/// <param name="End">Last day, as a day in London; for an unborn plan the expected date of delivery; null while open.</param>
public sealed record Plan(string EpisodeId, PlanType Type, PlanStatus Status, DateOnly Start, DateOnly? End)
{
    /// <summary>
    /// True for a plan of a family in flight (design: "Protected plan"): whoever is not its authority sees only that a protected record is held.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsProtected { get; init; }
}
