using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Http;

/// <summary>What the middleware has found out about a request.</summary>
internal static class HttpContextExtensions
{
    /// <summary>Who is behind the request. Endpoints that need a caller are reached only with one.</summary>
    /// <exception cref="InvalidOperationException">The endpoint allows anonymous requests.</exception>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller.");

    /// <summary>How the request is known.</summary>
    public static RequestIdentity Identity(this HttpContext context) =>
        context.Features.Get<RequestIdentity>()
        ?? throw new InvalidOperationException("The request identity middleware has not run.");
}
