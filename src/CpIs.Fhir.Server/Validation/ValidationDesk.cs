using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// Where resources are parsed and validated for those who ask, a few at a time: anybody may ask, and nobody may keep
/// look-ups waiting. Nothing of what is brought is kept or logged.
/// </summary>
/// <param name="conformance">What is validated against.</param>
/// <param name="places">How many are parsed and validated at once; the body is read before.</param>
internal sealed class ValidationDesk(ConformanceSet conformance, int places) : Places(places, "validations")
{
    /// <summary>What is validated against.</summary>
    public ConformanceSet Conformance => conformance;
}
