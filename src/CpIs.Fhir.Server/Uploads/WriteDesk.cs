using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>Takes one resource in or deletes one, and answers as the caller prefers.</summary>
internal sealed class WriteDesk(SingleUpload uploads, PlanDeletion deletion, UploadPlaces places, ExchangeUrls urls)
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
        var write = asked(WriteOf(context, type, body) with { IfMatch = version });
        return (await uploads.ExecuteAsync(write, context.RequestAborted)).IsRefused(out refusal, out var written)
            ? FhirResults.Refused(refusal)
            : FhirResults.Written(context, written, urls.FhirBase);
    }

    /// <summary>Deletes what is asked for; 204, or 200 with an OperationOutcome for who prefers one.</summary>
    public async Task<IResult> DeleteAsync(HttpContext context, RecordType type, Func<SingleWrite, SingleWrite> asked)
    {
        context.Features.Set(new FailureAnswer(Refusal.UploadUnknown()));
        if (Versions.ReadIfMatch(context).IsRefused(out var refusal, out var version))
            return FhirResults.Refused(refusal);
        var write = asked(WriteOf(context, type, default) with { IfMatch = version });
        return (await deletion.ExecuteAsync(write, context.RequestAborted)).IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(refusal)
            : FhirResults.Deleted(context, answer);
    }

    private SingleWrite WriteOf(HttpContext context, RecordType type, ReadOnlyMemory<byte> body) =>
        new(
            new Upload(context.Caller(), context.WriteOf(body), context.Identity().CorrelationId, body, urls.FhirBase),
            type
        );
}
