using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>A named person takes notices, with what is known of the request.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="Interaction">What was asked, such as <c>$acknowledge</c>.</param>
/// <param name="By">Who, and what they noted.</param>
public sealed record AcknowledgementWrite(
    Caller Caller,
    WriteRequest Request,
    string? CorrelationId,
    string Interaction,
    Acknowledgement By
);
