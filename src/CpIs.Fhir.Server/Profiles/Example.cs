namespace CpIs.Fhir.Server.Profiles;

/// <summary>A published example of a profile.</summary>
/// <param name="Path">Below <c>/profiles/examples/</c>, without <c>.json</c>: <c>good/Flag-cpp-0001</c> or <c>bad/CPIS-Flag/fhir-min-no-code</c>.</param>
/// <param name="Profile">Canonical of the profile.</param>
/// <param name="Rule">The rule that it breaks; null for a good example.</param>
/// <param name="Words">What it is in words.</param>
/// <param name="Reference">Type and id, by which the ImplementationGuide names it: <c>Flag/cpp-0001</c>; null for a bad example.</param>
internal sealed record Example(string Path, string Profile, string? Rule, string Words, string? Reference = null)
{
    /// <summary>Name of its file.</summary>
    public string FileName => Path[(Path.LastIndexOf('/') + 1)..] + ".json";
}
