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

        if (context.Response is { HasStarted: false, ContentLength: null, ContentType: null } response)
            switch (response.StatusCode)
            {
                case StatusCodes.Status404NotFound:
                    await FhirResponse.WriteAsync(context, Refusal.Unknown("This address"));
                    break;
                case StatusCodes.Status405MethodNotAllowed:
                    await FhirResponse.WriteAsync(
                        context,
                        Refusal.Because(
                            RefusalKind.NotAllowed,
                            new Issue(
                                "not-supported",
                                $"This interaction is not offered here. Allowed: {response.Headers.Allow}.",
                                null,
                                SpineCodes.UnsupportedService
                            )
                        )
                    );
                    break;
            }
    }
}
