using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.CrossOrigin;

/// <summary>
/// Opens the FHIR base to the pages of the origins that the settings name (CORS), and to no other. No cookie is ever sent or
/// read: what a page may do is what its token may. Why so: docs/adr/0045.
/// </summary>
internal static class CrossOriginServices
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];

    private static readonly string[] Sent =
    [
        HeaderNames.Accept,
        HeaderNames.Authorization,
        HeaderNames.ContentEncoding,
        HeaderNames.ContentType,
        HeaderNames.IfMatch,
        HeaderNames.IfModifiedSince,
        HeaderNames.IfNoneMatch,
        "If-None-Exist",
        "Prefer",
        "IsUnscheduledAccessEvent",
        "IsUnscheduledEvent",
        "X-Request-ID",
        "X-Correlation-ID",
        "TraceID",
    ];

    private static readonly string[] Shown =
    [
        HeaderNames.Allow,
        HeaderNames.ETag,
        HeaderNames.LastModified,
        HeaderNames.Location,
        HeaderNames.RetryAfter,
        HeaderNames.WWWAuthenticate,
        "X-Request-ID",
        "X-Correlation-ID",
        "TraceID",
    ];

    public static void AddCrossOrigin(this IServiceCollection services, CorsSection section)
    {
        services.AddSingleton(section);
        services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .WithOrigins([.. section.Origins])
                    .WithMethods(Methods)
                    .WithHeaders(Sent)
                    .WithExposedHeaders(Shown)
                    .SetPreflightMaxAge(TimeSpan.FromMinutes(10))
            )
        );
    }

    /// <summary>
    /// Stands after routing and before admission: what a browser asks first (the preflight) has no token. It is counted by
    /// network address, and answered from the settings alone, the same at every address.
    /// </summary>
    public static void UseCrossOrigin(this WebApplication app)
    {
        if (app.Services.GetRequiredService<CorsSection>().Origins.Count == 0)
            return;
        app.UseWhen(
            context =>
                context.Request.Path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.OrdinalIgnoreCase),
            fhir =>
            {
                fhir.Use(
                    static (context, next) =>
                        IsPreflight(context.Request)
                        && context
                            .RequestServices.GetRequiredService<RequestLimits>()
                            .Check(Charge.Reader, context.Connection.RemoteIpAddress)
                            is { } refusal
                            ? FhirResponse.WriteAsync(context, refusal)
                            : next(context)
                );
                fhir.UseCors();
            }
        );
    }

    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.ContainsKey(HeaderNames.Origin)
        && request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);
}
