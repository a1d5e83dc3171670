using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Which of the profiles available was probably meant by a canonical that is not. A profile of a package that was not loaded resembles some
/// other by chance: so only its neighbours under the same address count, and ours, which people misspell.
/// </summary>
internal static class NearCanonicals
{
    /// <summary>The nearest first.</summary>
    /// <param name="definitions">What is available.</param>
    /// <param name="named">A canonical, or the name of a profile alone.</param>
    public static IEnumerable<string> Of(IDefinitions definitions, string named)
    {
        var plain = Canonicals.WithoutVersion(named);
        var (address, name) = Split(plain);
        var most = Math.Max(1, name.Length / 4);
        return definitions
            .StructureUrls.Where(url => url != plain)
            .Select(url => (Url: url, Parts: Split(url)))
            .Where(candidate =>
                candidate.Parts.Address == address
                || candidate.Url.StartsWith(FhirSystems.Own + "/", StringComparison.Ordinal)
                || address.Length == 0 && candidate.Parts.Address == Canonicals.R4
            )
            .Select(candidate => (candidate.Url, Distance: Spelling.Distance(candidate.Parts.Name, name, most)))
            .Where(candidate => candidate.Distance <= most && definitions.FindStructure(candidate.Url) is not null)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Url, StringComparer.Ordinal)
            .Select(candidate => candidate.Url);
    }

    private static (string Address, string Name) Split(string canonical)
    {
        var end = canonical.LastIndexOf('/') + 1;
        return (canonical[..end], canonical[end..]);
    }
}
