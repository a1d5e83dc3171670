using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>How one request is known: to its caller, to other systems on its way, and in the audit.</summary>
/// <param name="RequestId">X-Request-ID, a UUID; made here when the caller sent none or a bad one. Always echoed.</param>
/// <param name="CorrelationId">X-Correlation-ID, or TraceID; null when there is neither. Echoed under the name it came by.</param>
/// <param name="IsOwn">True when the caller sent no X-Request-ID, so that nothing can be a repeat of it.</param>
/// <param name="Problem">Why the request is refused for its X-Request-ID; it is refused once its caller is known.</param>
internal sealed record RequestIdentity(string RequestId, string? CorrelationId, bool IsOwn, Refusal? Problem);
