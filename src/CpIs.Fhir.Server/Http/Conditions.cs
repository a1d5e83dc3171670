using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Conditions of a write in its headers (R4 http.html#concurrency, #ccreate). One that the request does not take is refused: passed over,
/// it would be a write that its sender did not want.
/// </summary>
internal static class Conditions
{
    private static readonly string[] All = ["If-Match", "If-None-Match", "If-None-Exist", "If-Unmodified-Since"];

    /// <summary>Refuses before the endpoint runs.</summary>
    /// <param name="endpoint">The endpoint, or a group of them.</param>
    /// <param name="taken">The header that it reads, or null for none.</param>
    public static TBuilder TakesCondition<TBuilder>(this TBuilder endpoint, string? taken)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(
            (context, next) =>
                Array.Find(All, name => name != taken && context.HttpContext.Request.Headers.ContainsKey(name))
                    is { } other
                    ? new ValueTask<object?>(FhirResults.Refused(Refuse(other, taken)))
                    : next(context)
        );

    private static Refusal Refuse(string other, string? taken) =>
        Refusal.Malformed(
            taken is null
                ? $"{other} is not supported on this request. Leave it out."
                : $"{other} is not supported on this request. Supported: {taken}.",
            $"http.{other}",
            SpineCodes.UnsupportedValue
        );
}
