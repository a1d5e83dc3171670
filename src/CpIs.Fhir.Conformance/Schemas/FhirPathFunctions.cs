using Hl7.Fhir.FhirPath;
using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>The FHIRPath functions that invariants may use: the SDK's, and those it lacks.</summary>
internal static class FhirPathFunctions
{
    public static SymbolTable Symbols() => new SymbolTable().AddStandardFP().AddFhirExtensions();
}
