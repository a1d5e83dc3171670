using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Http;

/// <summary>Results that endpoints return; each says only what is special to it.</summary>
internal static class FhirResults
{
    public static IResult Refused(Refusal refusal) => new RefusedResult(refusal);

    public static IResult Resource(ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK) =>
        new ResourceResult(body, status, null, null);

    /// <summary>A stored resource with its ETag and Last-Modified.</summary>
    public static IResult Resource(StoredResource resource, int status = 200, string? location = null) =>
        new ResourceResult(resource.Body, status, resource, location);

    private sealed class RefusedResult(Refusal refusal) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => FhirResponse.WriteAsync(httpContext, refusal);
    }

    private sealed class ResourceResult(ReadOnlyMemory<byte> body, int status, StoredResource? stored, string? location)
        : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            if (stored is not null)
            {
                headers.ETag = $"W/\"{stored.Version}\"";
                headers.LastModified = stored.LastUpdated.UtcDateTime.ToString("R");
            }

            if (location is not null)
                headers.Location = location;
            return FhirResponse.WriteAsync(httpContext, status, body);
        }
    }
}
