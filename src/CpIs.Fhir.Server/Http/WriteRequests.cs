using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Server.Http;

/// <summary>What makes one write the repeat of another.</summary>
internal static class WriteRequests
{
    /// <summary>The write that the request asks for.</summary>
    /// <param name="context">The request, of a known caller.</param>
    /// <param name="body">What was sent, as JSON; empty for a DELETE.</param>
    /// <param name="url">Where to; null for path and query as they came.</param>
    public static WriteRequest WriteOf(this HttpContext context, ReadOnlyMemory<byte> body, string? url = null)
    {
        var (identity, request) = (context.Identity(), context.Request);
        return WriteRequest.Of(
            context.Caller().ClientId,
            identity.RequestId,
            mayRepeat: !identity.IsOwn,
            request.Method,
            url ?? request.Path + request.QueryString,
            body.Span
        );
    }
}
