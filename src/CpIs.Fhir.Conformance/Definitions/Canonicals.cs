namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Canonical URLs: an address, perhaps with <c>|version</c> behind.</summary>
public static class Canonicals
{
    /// <summary>Where the canonicals of FHIR's own types and extensions begin.</summary>
    public const string R4 = "http://hl7.org/fhir/StructureDefinition/";

    /// <summary>The address alone.</summary>
    public static string WithoutVersion(string canonical) => Split(canonical).Url;

    /// <summary>Address and version; the version is null where none is named.</summary>
    public static (string Url, string? Version) Split(string canonical) =>
        canonical.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar
            ? (canonical[..bar], canonical[(bar + 1)..])
            : (canonical, null);
}
