using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

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

    /// <summary>What became of one resource that was sent, as its sender prefers to hear it; Location, ETag and Last-Modified in any case.</summary>
    public static IResult Written(HttpContext context, WrittenRecord written, string fhirBase)
    {
        var (resource, status) = (written.Resource, written.IsCreated ? 201 : 200);
        var body = context.Request.Return() switch
        {
            Preference.Minimal => default,
            Preference.OperationOutcome => written.Outcome.IsEmpty ? Taken : written.Outcome,
            _ => resource.Body,
        };
        return new ResourceResult(
            body,
            status,
            resource,
            $"{fhirBase}/{resource.Type}/{resource.Id}/_history/{resource.Version.ToString(CultureInfo.InvariantCulture)}"
        );
    }

    /// <summary>What was deleted: nothing to say, but to a caller that prefers an OperationOutcome.</summary>
    public static IResult Deleted(HttpContext context, IdempotentAnswer answer) =>
        context.Request.Return() == Preference.OperationOutcome
            ? Resource(answer.Body)
            : Results.StatusCode(answer.Status);

    private static readonly byte[] Taken = OperationOutcomeWriter.ToBytes([
        new Issue("informational", "Taken as sent.", Severity: "information"),
    ]);

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
                headers.ETag = Versions.ETag(stored.Version);
                headers.LastModified = stored.LastUpdated.UtcDateTime.ToString("R");
                if (Versions.HasAlready(httpContext.Request, stored))
                {
                    httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
                    return Task.CompletedTask;
                }
            }

            if (location is not null)
                headers.Location = location;
            if (!body.IsEmpty)
                return FhirResponse.WriteAsync(httpContext, status, body, IsWhole ? stored : null);
            httpContext.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        // A write may be answered with an OperationOutcome.
        private bool IsWhole => stored is not null && body.Equals(stored.Body);
    }
}
