using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A person of an authority protects its plans of one child, or ends that.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="PatientId">Id of the authority's Patient.</param>
/// <param name="Protects">True to set the mark, false to remove it.</param>
/// <param name="Reason">Why, in the words of the person; 1 to 140 characters.</param>
public sealed record ProtectionChange(
    Caller Caller,
    WriteRequest Request,
    string? CorrelationId,
    string PatientId,
    bool Protects,
    string Reason
)
{
    /// <summary>The operation by which it is asked for: <c>protect</c> or <c>unprotect</c>.</summary>
    public string Operation => Protects ? "protect" : "unprotect";
}
