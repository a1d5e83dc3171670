using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Security;

/// <summary>What an endpoint, or a group of them, asks of its caller before its own code runs.</summary>
internal static class Guards
{
    /// <summary>403 unless the caller is of one of these kinds.</summary>
    public static TBuilder RequireKind<TBuilder>(this TBuilder builder, params CallerKind[] kinds)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(
            async (context, next) =>
                kinds.Contains(context.HttpContext.Caller().Kind)
                    ? await next(context)
                    : FhirResults.Refused(Refusal.Forbidden("This is not open to the kind of this client."))
        );

    /// <summary>403 unless the token holds a scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(
            async (context, next) =>
                context.HttpContext.Caller().Scopes.Contains(scope)
                    ? await next(context)
                    : FhirResults.Refused(Refusal.Forbidden($"The token lacks the scope {scope}."))
        );

    /// <summary>429 beyond the limits of client and person. Look-ups check for themselves, to record the refusal first.</summary>
    public static TBuilder LimitRequests<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(
            async (context, next) =>
                context
                    .HttpContext.RequestServices.GetRequiredService<RequestLimits>()
                    .Check(context.HttpContext.Caller())
                    is { } refusal
                    ? FhirResults.Refused(refusal)
                    : await next(context)
        );
}
