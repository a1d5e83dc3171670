namespace CpIs.Fhir.Server;

/// <summary>The settings cannot be used; the message names every path that is wrong.</summary>
internal sealed class InvalidConfigurationException(string message) : Exception(message);
