using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Formats;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Definitions, terminology and a validator over them, made once and shared by any number of threads. Each definition is read
/// when it is first needed, so making one is cheap.
/// </summary>
public sealed class ConformanceSet
{
    private ConformanceSet(IDefinitions definitions)
    {
        Definitions = definitions;
        Validator = new Validator(definitions, new LocalTerminology(definitions));
    }

    /// <summary>What is available.</summary>
    public IDefinitions Definitions { get; }

    /// <summary>Validates against it.</summary>
    public Validator Validator { get; }

    /// <summary>FHIR R4 and the profiles of this exchange.</summary>
    public static ConformanceSet CoreAndOurs() => new(DefinitionSet.CoreAndOurs());

    /// <summary>FHIR R4, the profiles of this exchange, and further definitions, which win where canonicals are equal.</summary>
    public static ConformanceSet With(DefinitionLayer further) =>
        new(new DefinitionSet(CoreDefinitions.Load(), OwnDefinitions.Load(), further));

    /// <summary>
    /// A resource in XML as the JSON that says the same, faults included: it is not judged here. Refused is what is too large, or no
    /// XML of a resource at all.
    /// </summary>
    /// <param name="xml">As it was sent.</param>
    /// <param name="limits">How much may be in it.</param>
    public Result<ReadOnlyMemory<byte>> ToJson(ReadOnlyMemory<byte> xml, JsonLimits limits)
    {
        var source = FhirSource.ReadXml(xml, limits);
        return source.Root is { } root ? XmlResource.ToJson(root, Validator.Schemas) : source.Refusal!;
    }

    /// <summary>
    /// The canonical that a person means: a canonical available as it stands, the name of one of our profiles (<c>CPIS-Flag</c>), or
    /// the name of an R4 type (<c>Flag</c>). Null when nothing of that name is available.
    /// </summary>
    public string? Canonical(string named)
    {
        if (Definitions.FindStructure(named) is not null)
            return named;
        if (named.Contains(':', StringComparison.Ordinal))
            return null;
        string[] meant = [FhirSystems.Profile(named), Canonicals.R4 + named];
        return meant.FirstOrDefault(canonical => Definitions.FindStructure(canonical) is not null);
    }

    /// <summary>The canonicals available that resemble a name which is not, at most <paramref name="count"/>.</summary>
    public IReadOnlyList<string> Near(string named, int count = 3) =>
        [.. NearCanonicals.Of(Definitions, named).Take(count)];
}
