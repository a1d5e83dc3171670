namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Headers that every answer carries, and an answer where the framework leaves it empty: an OperationOutcome for an unknown path
/// and for a method that is not there, the methods for OPTIONS. Nothing that this server says may be framed by a page, or kept by a cache unless its endpoint says so.
/// </summary>
internal sealed class OutcomeMiddleware(RequestDelegate next, NotServed notServed)
{
    private const int Missing = StatusCodes.Status404NotFound;
    private const int OtherMethods = StatusCodes.Status405MethodNotAllowed;

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

        var response = context.Response;
        if (
            response.HasStarted
            || response is not { ContentLength: null, ContentType: null, StatusCode: Missing or OtherMethods }
        )
            return;
        if (
            HttpMethods.IsOptions(context.Request.Method)
            && notServed.MethodsAt(context.Request) is { Count: > 0 } there
        )
        {
            response.Headers.Allow = string.Join(", ", there);
            response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
            await FhirResponse.WriteAsync(context, notServed.Refuse(context));
    }
}
