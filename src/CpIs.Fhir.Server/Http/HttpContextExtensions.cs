using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Http;

/// <summary>What the middleware has found out about a request.</summary>
internal static class HttpContextExtensions
{
    private static readonly object PrettyKey = new();

    /// <summary>Who is behind the request. Endpoints that need a caller are reached only with one.</summary>
    /// <exception cref="InvalidOperationException">The endpoint allows anonymous requests.</exception>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller.");

    /// <summary>How the request is known.</summary>
    public static RequestIdentity Identity(this HttpContext context) =>
        context.Features.Get<RequestIdentity>()
        ?? throw new InvalidOperationException("The request identity middleware has not run.");

    /// <summary>The answer is laid out for a person (<c>_pretty=true</c>).</summary>
    public static void AnswerPretty(this HttpContext context) => context.Items[PrettyKey] = true;

    /// <summary>True when the answer is laid out for a person.</summary>
    public static bool IsAnswerPretty(this HttpContext context) => context.Items.ContainsKey(PrettyKey);
}
