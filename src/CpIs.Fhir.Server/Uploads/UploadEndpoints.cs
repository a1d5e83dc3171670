using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>The journey of the UPLOAD over HTTP: one transaction Bundle, posted to the FHIR base.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder fhir) =>
        fhir.MapPost("/", PostAsync)
            .RequireKind(CallerKind.Authority)
            .AddEndpointFilter(RequestChecks.Filter)
            .LimitRequests()
            .TakesOnlyAnswerParameters("an upload");

    private static async Task<IResult> PostAsync(
        HttpContext context,
        TransactionUpload upload,
        UploadOptions options,
        UploadPlaces places,
        ExchangeUrls urls
    )
    {
        if (
            (await RequestBody.ReadJsonAsync(context, options.MaximumBytes)).IsRefused(out var refusal, out var body)
            || (await places.TakeAsync(context.RequestAborted)).IsRefused(out refusal, out var place)
        )
            return FhirResults.Refused(refusal);
        using var _ = place;
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
