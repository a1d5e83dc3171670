using CpIs.Fhir.Core;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// What every FHIR request must satisfy besides its own rules: a sound X-Request-ID and an answer in JSON. A look-up
/// records such a refusal before it answers; all other endpoints refuse through <see cref="Filter"/>.
/// </summary>
internal static class RequestChecks
{
    private static readonly Refusal NotAcceptable = Refusal.Because(
        RefusalKind.NotAcceptable,
        new Issue("not-supported", "Answers are application/fhir+json; the Accept header excludes it.", "http.Accept")
    );

    /// <summary>Why the request is refused, or null.</summary>
    public static Refusal? Find(HttpContext context)
    {
        if (context.Identity().Problem is { } problem)
            return problem;
        var accept = context.Request.Headers.Accept;
        // _format goes before the header (R4: http.html#parameters), and what reads the parameters judges it.
        if (accept.Count == 0 || context.Request.Query.ContainsKey("_format"))
            return null;
        return MediaTypeHeaderValue.TryParseList(accept, out var types) && types.Any(TakesJson) ? null : NotAcceptable;
    }

    /// <summary>Refuses before the endpoint runs.</summary>
    public static ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Find(context.HttpContext) is { } refusal ? new(FhirResults.Refused(refusal)) : next(context);

    private static bool TakesJson(MediaTypeHeaderValue type) =>
        type.Quality is not 0
        && (
            type.MatchesAllTypes
            || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/fhir+json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        );
}
