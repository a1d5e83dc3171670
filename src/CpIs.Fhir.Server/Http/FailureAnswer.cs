using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>How a request is answered when the server fails at it, where that is more than "unavailable": a look-up, an upload.</summary>
/// <param name="Refusal">503, in the words that this caller must read.</param>
internal sealed record FailureAnswer(Refusal Refusal);
