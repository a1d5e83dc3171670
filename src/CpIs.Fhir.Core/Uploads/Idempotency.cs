using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Repeats of writes: the same client with the same X-Request-ID and the same body within 24 hours gets the first answer
/// again; another body under that id is a conflict. Look-ups never come here.
/// </summary>
public static class Idempotency
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Null when the request is new; else the answer to give: the first one, or a conflict.</summary>
    public static async Task<Result<WriteAnswer>?> RecallAsync(
        IRecordStore store,
        Caller caller,
        WriteRequest request,
        ReadOnlyMemory<byte> hash,
        CancellationToken cancellation
    )
    {
        if (
            !request.IsRepeatable
            || await store.ReadAnswerAsync(caller.ClientId, request.RequestId, cancellation) is not { } first
        )
            return null;
        if (!first.BodyHash.Span.SequenceEqual(hash.Span))
            return Refusal.Because(
                RefusalKind.Conflict,
                new Issue(
                    "conflict",
                    "This X-Request-ID was used within 24 hours for another request; send a new one.",
                    Spine: SpineCodes.InvalidUpdate,
                    Rule: "cpis-request-id"
                )
            );
        return new WriteAnswer(first.Status, first.Body, first.Location, Replayed: true);
    }

    /// <summary>What to store in the commit of a new request; null where nothing can be a repeat of it.</summary>
    public static IdempotentAnswer? Keep(
        Caller caller,
        WriteRequest request,
        ReadOnlyMemory<byte> hash,
        WriteAnswer answer,
        DateTimeOffset now
    ) =>
        request.IsRepeatable
            ? new IdempotentAnswer(
                caller.ClientId,
                request.RequestId,
                hash,
                answer.Status,
                answer.Body,
                answer.Location,
                now + Kept
            )
            : null;
}
