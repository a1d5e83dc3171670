using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Commits;

/// <summary>A write as it was asked for.</summary>
/// <param name="ClientId">Whose request.</param>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="MayRepeat">False when the caller sent no X-Request-ID: nothing can be a repeat of it.</param>
/// <param name="Hash">SHA-256 of method, URL and body.</param>
public sealed record WriteRequest(string ClientId, string RequestId, bool MayRepeat, ReadOnlyMemory<byte> Hash)
{
    /// <summary>With the hash of what was asked.</summary>
    public static WriteRequest Of(
        string clientId,
        string requestId,
        bool mayRepeat,
        string method,
        string url,
        ReadOnlySpan<byte> body
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{method} {url}\n"));
        hash.AppendData(body);
        return new WriteRequest(clientId, requestId, mayRepeat, hash.GetHashAndReset());
    }
}
