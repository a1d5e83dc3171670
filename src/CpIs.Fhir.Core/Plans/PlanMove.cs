namespace CpIs.Fhir.Core.Plans;

/// <summary>What an upload does to a plan that it sends as active.</summary>
public enum PlanMove
{
    /// <summary>It was not active before: new, active again, or now another child's.</summary>
    Opens,

    /// <summary>It was active, with another type or other days.</summary>
    Changes,

    /// <summary>It was active, and is sent as it is held.</summary>
    Stays,
}
