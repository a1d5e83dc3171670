using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Security;

/// <summary>Slows an address that floods the token endpoint, before anything it sends is read.</summary>
internal sealed class TokenRequestLimit(RequestDelegate next, RequestLimits limits)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments(TokenServer.TokenPath, StringComparison.OrdinalIgnoreCase)
        && limits.CheckAddress(context.Connection.RemoteIpAddress) is { } refusal
            ? FhirResponse.WriteAsync(context, refusal)
            : next(context);
}
