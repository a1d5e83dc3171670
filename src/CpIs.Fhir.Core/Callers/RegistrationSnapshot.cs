namespace CpIs.Fhir.Core.Callers;

/// <summary>Registrations at one moment.</summary>
/// <param name="Stamp">Changes with every change.</param>
/// <param name="Registrations">All of them.</param>
public sealed record RegistrationSnapshot(long Stamp, IReadOnlyList<Registration> Registrations);
