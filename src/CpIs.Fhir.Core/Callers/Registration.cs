namespace CpIs.Fhir.Core.Callers;

/// <summary>A registered organisation or client, kept as JSON by the directory.</summary>
/// <param name="Kind"><c>organisation</c> or <c>client</c>.</param>
/// <param name="Id">ODS code or client id, unique within the kind.</param>
/// <param name="Json">The registration, UTF-8 JSON.</param>
public sealed record Registration(string Kind, string Id, ReadOnlyMemory<byte> Json);
