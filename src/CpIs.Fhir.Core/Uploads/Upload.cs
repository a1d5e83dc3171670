using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>An upload as it was sent, with what is known of the request.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="Body">The body as it came.</param>
/// <param name="FhirBase">FHIR base under which the caller reaches us, without trailing slash; null where there is none.</param>
public sealed record Upload(
    Caller Caller,
    WriteRequest Request,
    string? CorrelationId,
    ReadOnlyMemory<byte> Body,
    string? FhirBase = null
)
{
    /// <summary>What was asked, for the audit: <c>transaction</c>, or <c>create</c> and <c>update</c> of one resource.</summary>
    public string Interaction { get; init; } = "transaction";

    /// <summary>True where what is sent may not be held yet: a create.</summary>
    public bool MustBeNew { get; init; }
}
