using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>How one write is known: for the audit, and to tell a repeat from a new request.</summary>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="CorrelationId">X-Correlation-ID or TraceID, where the caller sent one.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Url">URL below the FHIR base with its query; empty for a transaction.</param>
/// <param name="IsRepeatable">False when the server made the request id itself, so that nothing can be a repeat of it.</param>
public sealed record WriteRequest(
    string RequestId,
    string? CorrelationId,
    string Method = "POST",
    string Url = "",
    bool IsRepeatable = true
)
{
    /// <summary>SHA-256 of method, URL and body: what must be equal in a repeat.</summary>
    public byte[] HashOf(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Method}\n{Url}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}

/// <summary>The answer to a write that was done, now or when it was first asked.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Bytes of the answer.</param>
/// <param name="Location">Location header, where there is one.</param>
/// <param name="Replayed">True when this is the stored answer to a repeat.</param>
public sealed record WriteAnswer(int Status, ReadOnlyMemory<byte> Body, string? Location, bool Replayed = false);
