using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>What an endpoint says when the store did not answer, where that is not the failure text of a look-up.</summary>
/// <param name="Refusal">The refusal (503).</param>
internal sealed record UnavailableAnswer(Func<Refusal> Refusal);
