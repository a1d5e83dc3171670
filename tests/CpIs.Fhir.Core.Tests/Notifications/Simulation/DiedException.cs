namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>The server is dead.</summary>
internal sealed class DiedException : Exception;
