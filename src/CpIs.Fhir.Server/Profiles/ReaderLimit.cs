using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>Limits how much one address reads of what anyone may read.</summary>
internal static class ReaderLimit
{
    /// <summary>Refuses with 429 before the endpoint runs.</summary>
    public static ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return
            http.RequestServices.GetRequiredService<RequestLimits>().CheckReader(http.Connection.RemoteIpAddress)
                is { } refusal
            ? new(FhirResults.Refused(refusal))
            : next(context);
    }
}
