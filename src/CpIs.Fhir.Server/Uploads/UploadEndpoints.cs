using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>The journey of the UPLOAD over HTTP: one transaction Bundle, posted to the FHIR base.</summary>
internal static class UploadEndpoints
{
    /// <summary>So that a caller who sends slowly does not hold a place for hours.</summary>
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(60);

    public static void MapUploads(this IEndpointRouteBuilder fhir) =>
        fhir.MapPost("/", PostAsync)
            .RequireKind(CallerKind.Authority)
            .AddEndpointFilter(RequestChecks.Filter)
            .LimitRequests();

    private static async Task<IResult> PostAsync(
        HttpContext context,
        TransactionUpload upload,
        UploadOptions options,
        UploadPlaces places,
        ExchangeUrls urls
    )
    {
        if ((await places.TakeAsync(context.RequestAborted)).IsRefused(out var refusal, out var place))
            return FhirResults.Refused(refusal);
        using var _ = place;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(LongestReading);
        ReadOnlyMemory<byte> body;
        try
        {
            if (
                (await RequestBody.ReadJsonAsync(context, options.MaximumBytes, limit.Token)).IsRefused(
                    out refusal,
                    out body
                )
            )
                return FhirResults.Refused(refusal);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return FhirResults.Refused(
                Refusal.Malformed($"The body did not arrive within {LongestReading.TotalSeconds:0} s.")
            );
        }

        var caller = context.Caller();
        var identity = context.Identity();
        var write = WriteRequest.Of(
            caller.ClientId,
            identity.RequestId,
            mayRepeat: !identity.IsOwn,
            HttpMethods.Post,
            urls.FhirBase,
            body.Span
        );
        var result = await upload.ExecuteAsync(
            new Upload(caller, write, identity.CorrelationId, body),
            context.RequestAborted
        );
        return result.IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(answer.Body, answer.Status);
    }
}
