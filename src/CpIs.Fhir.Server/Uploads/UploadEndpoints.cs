using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>The journey of the UPLOAD over HTTP: one transaction Bundle, posted to the FHIR base.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder fhir) =>
        fhir.MapPost("/", PostAsync)
            .Admit(Guest.Authority("system/Patient.cu", "system/EpisodeOfCare.cu", "system/Flag.cu"))
            .TakesOnlyAnswerParameters("an upload")
            .TakesCondition(null);

    private static async Task<IResult> PostAsync(
        HttpContext context,
        TransactionUpload upload,
        UploadOptions options,
        UploadPlaces places,
        ExchangeUrls urls
    )
    {
        context.Features.Set(new FailureAnswer(Refusal.UploadUnknown()));
        if (
            (await RequestBody.ReadFhirAsync(context, options.MaximumBytes)).IsRefused(out var refusal, out var sent)
            || (await places.TakeAsync(context.RequestAborted)).IsRefused(out refusal, out var place)
        )
            return FhirResults.Refused(refusal);
        using var _ = place;
        if (RequestBody.AsJson(context, sent, options.Limits).IsRefused(out refusal, out var body))
            return FhirResults.Refused(refusal);
        var result = await upload.ExecuteAsync(
            new Upload(
                context.Caller(),
                context.WriteOf(body, urls.FhirBase),
                context.Identity().CorrelationId,
                body,
                urls.FhirBase
            ),
            context.RequestAborted
        );
        return result.IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(answer.Body, answer.Status);
    }
}
