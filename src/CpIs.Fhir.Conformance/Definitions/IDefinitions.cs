namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// The definitions available: core R4, ours, and whatever packages were loaded. Lookups are by canonical, with or without <c>|version</c>;
/// without, the newest version. All may be called from any thread, and give the same object each time.
/// </summary>
public interface IDefinitions
{
    /// <summary>A StructureDefinition; null when it is not available. A core type's canonical is <c>http://hl7.org/fhir/StructureDefinition/</c> and its name.</summary>
    StructureModel? FindStructure(string canonical);

    /// <summary>A ValueSet; null when it is not available.</summary>
    ValueSetModel? FindValueSet(string canonical);

    /// <summary>A CodeSystem by its <c>url</c>; null when it is not available.</summary>
    CodeSystemModel? FindCodeSystem(string canonical);

    /// <summary>
    /// Why a StructureDefinition that is there cannot be used, for a person, as a sentence; null when it can, and when there is none. It is one that was
    /// published without snapshot, and none can be made: its base may be missing.
    /// </summary>
    string? ProblemOf(string canonical);

    /// <summary>Canonicals of all StructureDefinitions available, for messages that say what is near.</summary>
    IEnumerable<string> StructureUrls { get; }
}
