using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>Takes one resource in, and answers as the caller prefers.</summary>
internal sealed class WriteDesk(SingleUpload uploads, UploadPlaces places, ExchangeUrls urls)
{
    /// <summary>Most bytes of one resource.</summary>
    private const int MostBytes = 64 * 1_024;

    public async Task<IResult> WriteAsync(HttpContext context, RecordType type, Func<SingleWrite, SingleWrite> asked)
    {
        context.Features.Set(new FailureAnswer(Refusal.UploadUnknown()));
        if (
            Versions.ReadIfMatch(context).IsRefused(out var refusal, out var version)
            || (await RequestBody.ReadResourceAsync(context, MostBytes)).IsRefused(out refusal, out var body)
            || (await places.TakeAsync(context.RequestAborted)).IsRefused(out refusal, out var place)
        )
            return FhirResults.Refused(refusal);
        using var _ = place;
        var caller = context.Caller();
        var identity = context.Identity();
        var request = WriteRequest.Of(
            caller.ClientId,
            identity.RequestId,
            mayRepeat: !identity.IsOwn,
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            body.Span
        );
        var write = new SingleWrite(new Upload(caller, request, identity.CorrelationId, body, urls.FhirBase), type)
        {
            IfMatch = version,
        };
        return (await uploads.ExecuteAsync(asked(write), context.RequestAborted)).IsRefused(
            out refusal,
            out var written
        )
            ? FhirResults.Refused(refusal)
            : FhirResults.Written(context, written, urls.FhirBase);
    }
}
