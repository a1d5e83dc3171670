using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Headers that every answer carries, and an OperationOutcome for answers that the framework leaves empty (unknown path,
/// method not allowed). Nothing that this server says may be framed by a page, or kept by a cache unless its endpoint says so.
/// </summary>
internal sealed class OutcomeMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";

        await next(context);

        if (Find(context.Response) is { } refusal)
            await FhirResponse.WriteAsync(context, refusal);
    }

    /// <summary>What an empty 404 or 405 of the framework says; null for every other answer.</summary>
    public static Refusal? Find(HttpResponse response) =>
        response is not { HasStarted: false, ContentLength: null, ContentType: null }
            ? null
            : response.StatusCode switch
            {
                StatusCodes.Status404NotFound => Refusal.Unknown("This address"),
                StatusCodes.Status405MethodNotAllowed => Refusal.Because(
                    RefusalKind.NotAllowed,
                    new Issue(
                        "not-supported",
                        $"This method is not supported here. Allowed: {response.Headers.Allow}.",
                        null,
                        SpineCodes.UnsupportedService
                    )
                ),
                _ => null,
            };
}
