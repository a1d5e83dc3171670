namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// Does a write once however often it is asked for: a repeat with the same X-Request-ID and body within 24 hours gets
/// the first answer, which was stored in the same commit as the change; another body under the same id is a conflict.
/// </summary>
public sealed class IdempotentWrite(IRecordStore store, TimeProvider time)
{
    /// <summary>How long the first answer is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private const int MostTries = 3;

    /// <summary>The first answer, or the refusal of <paramref name="prepare"/>. Nothing is kept of a refusal.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="prepare">
    /// Reads what it needs and makes the change with its answer. Called again when somebody else was first, so its own
    /// preconditions (If-Match) are checked against what is there now.
    /// </param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<Result<IdempotentAnswer>> RunAsync(
        WriteRequest request,
        Func<CancellationToken, Task<Result<PreparedWrite>>> prepare,
        CancellationToken cancellation
    )
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await FindFirstAsync(request, cancellation).ConfigureAwait(false) is { } first)
                return first;
            if ((await prepare(cancellation).ConfigureAwait(false)).IsRefused(out var refusal, out var prepared))
                // The same request may have been answered while this one was read: what that made may be what refuses this one.
                return await FindFirstAsync(request, cancellation).ConfigureAwait(false) ?? refusal;
            var answer = new IdempotentAnswer(
                request.ClientId,
                request.RequestId,
                request.Hash,
                prepared.Status,
                prepared.Body,
                prepared.Location,
                time.GetUtcNow() + KeptFor
            );
            var commit = prepared.Commit with { Answer = request.MayRepeat ? answer : null };
            if (await store.CommitAsync(commit, cancellation).ConfigureAwait(false) == CommitOutcome.Committed)
                return answer;
        }

        return Refusal.Changing();
    }

    /// <summary>The answer to the same request before, or why there can be none; null where it is the first.</summary>
    private async Task<Result<IdempotentAnswer>?> FindFirstAsync(
        WriteRequest request,
        CancellationToken cancellation
    ) =>
        !request.MayRepeat ? null
        : await store.ReadAnswerAsync(request.ClientId, request.RequestId, cancellation).ConfigureAwait(false)
            is not { } first
            ? null
        : first.BodyHash.Span.SequenceEqual(request.Hash.Span) ? first
        : AnotherBody();

    private static Refusal AnotherBody() =>
        Refusal.Because(
            RefusalKind.Conflict,
            new Issue(
                "duplicate",
                "This X-Request-ID was used before for another request. A new request needs a new id.",
                "http.X-Request-ID",
                SpineCodes.InvalidUpdate
            )
        );
}
