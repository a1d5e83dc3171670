using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>What functions ask that lies outside the element: other resources, definitions, terminology.</summary>
internal interface IPathQuestions
{
    Targets Targets { get; }

    ITerminology Terminology { get; }

    /// <summary>Whether a node meets a profile; null when there is no such profile.</summary>
    bool? Meets(FhirNode node, string profile);

    /// <summary>Whether a node belongs to a slice of a profile; null when there is no such profile or slice.</summary>
    bool? IsInSlice(FhirNode node, string profile, string slice);
}
