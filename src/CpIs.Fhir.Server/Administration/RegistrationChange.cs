using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Server.Administration;

/// <summary>A change to who is registered, made from one snapshot and ready to be committed upon its stamp.</summary>
/// <param name="Value">What stands registered then.</param>
internal sealed record RegistrationChange<T>(T Value)
{
    /// <summary>What to store; empty where it stands so already and nothing is to be done.</summary>
    public IReadOnlyList<Registration> Registrations { get; init; } = [];

    /// <summary>The organisation whose Organization gets a new version; null for none.</summary>
    public Organisation? Shown { get; init; }

    /// <summary>Resources that change in the same commit.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Who changed what.</summary>
    public Occurrence? Occurrence { get; init; }
}
