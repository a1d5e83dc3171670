using CpIs.Fhir.Core;
using Microsoft.Extensions.Primitives;

namespace CpIs.Fhir.Server.Http;

/// <summary>Reads and echoes X-Request-ID, X-Correlation-ID and TraceID (NHS API conventions).</summary>
internal sealed class RequestIdentityMiddleware(RequestDelegate next, IdGenerator ids)
{
    private const string RequestIdHeader = "X-Request-ID";
    private const string CorrelationIdHeader = "X-Correlation-ID";
    private const string TraceIdHeader = "TraceID";

    private static readonly Refusal NotUuid = Refusal.Malformed(
        $"{RequestIdHeader} must be a UUID such as 60e0b220-8136-4ca5-ae46-1d97ef59d068.",
        $"http.{RequestIdHeader}",
        SpineCodes.PreconditionFailed
    );

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var sent = headers[RequestIdHeader];
        var isUuid = Guid.TryParseExact(sent.ToString(), "D", out var uuid);
        var id = isUuid ? uuid.ToString("D") : ids.Next();
        var correlation = Safe(headers[CorrelationIdHeader]);
        var trace = Safe(headers[TraceIdHeader]);

        context.Features.Set(
            new RequestIdentity(id, correlation ?? trace, sent.Count == 0, sent.Count == 0 || isUuid ? null : NotUuid)
        );
        context.Response.Headers[RequestIdHeader] = isUuid ? sent : id;
        if (correlation is not null)
            context.Response.Headers[CorrelationIdHeader] = correlation;
        if (trace is not null)
            context.Response.Headers[TraceIdHeader] = trace;
        return next(context);
    }

    // What is echoed and recorded is short and plain; anything else is dropped, since a trace id is never worth a refusal.
    private static string? Safe(StringValues values) =>
        values.Count == 1
        && values[0] is { Length: > 0 and <= 128 } value
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/')
            ? value
            : null;
}
