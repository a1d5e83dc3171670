namespace CpIs.Fhir.Cli.Profiles;

/// <summary>One difference between two versions of a package.</summary>
/// <param name="Artefact">Type and canonical or id.</param>
/// <param name="Place">Element id, code or parameter; empty for the whole artefact.</param>
/// <param name="What">What is different, in words.</param>
/// <param name="Breaks">True when something that met the older version may not meet the newer one.</param>
internal sealed record Change(string Artefact, string Place, string What, bool Breaks);
