using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// A named person of an authority takes notices: an obligation ends so, or as delivered (promise 3). Who took what, and the note, is an
/// occurrence in the same commit. Taken twice changes nothing.
/// </summary>
public sealed class Acknowledgements(
    IWorklistStore worklists,
    Worklist worklist,
    IdempotentWrite writes,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Takes the notices of whole attendances.</summary>
    /// <param name="write">Who, and what is known of the request.</param>
    /// <param name="attendances">Ids from the work-list.</param>
    /// <param name="asOf">When the person saw the work-list. What arose later stays.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task<Result<IdempotentAnswer>> TakeAsync(
        AcknowledgementWrite write,
        IReadOnlyList<string> attendances,
        DateTimeOffset asOf,
        CancellationToken cancellation
    ) =>
        TakeAsync(
            write,
            async token =>
            {
                var found = new List<string>();
                for (var i = 0; i < attendances.Count; i++)
                {
                    var own = await worklist
                        .FindAsync(write.Caller.Organisation, attendances[i], asOf, token)
                        .ConfigureAwait(false);
                    if (own.Count == 0)
                        return Refusal.Unknown($"Attendance {i + 1} of those sent");
                    found.AddRange(own);
                }

                return found;
            },
            cancellation
        );

    /// <summary>Takes the notices of accesses.</summary>
    /// <param name="write">Who, and what is known of the request.</param>
    /// <param name="find">Ids of the accesses; called again when somebody else was first.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task<Result<IdempotentAnswer>> TakeAsync(
        AcknowledgementWrite write,
        Func<CancellationToken, Task<Result<List<string>>>> find,
        CancellationToken cancellation
    ) =>
        writes.RunAsync(
            write.Request,
            async token =>
                (await find(token).ConfigureAwait(false)).IsRefused(out var refusal, out var accesses)
                    ? refusal
                    : await PrepareAsync(write, accesses, token).ConfigureAwait(false),
            cancellation
        );

    private async Task<PreparedWrite> PrepareAsync(
        AcknowledgementWrite write,
        List<string> accesses,
        CancellationToken cancellation
    )
    {
        var notices = await worklists
            .FindNoticesAsync(write.Caller.Organisation, accesses, cancellation)
            .ConfigureAwait(false);
        var news = notices.Where(notice => notice.Taken is null).Select(notice => notice.OccurrenceId).ToList();
        using var answer = new ParametersWriter();
        answer
            .Add("taken", news.Count)
            .Add("takenBefore", notices.Count - news.Count)
            .Add("person", "valueString", write.By.Person);
        var commit = news.Count == 0 ? new Commit() : CommitOf(write, news);
        return new PreparedWrite(commit, 200, answer.Finish(), null);
    }

    private Commit CommitOf(AcknowledgementWrite write, List<string> accesses)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var occurrence = new Occurrence
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Administration,
            Time = now,
            ClientId = write.Caller.ClientId,
            Organisation = write.Caller.Organisation,
            OrganisationName = write.Caller.OrganisationName,
            CallerKind = write.Caller.Kind,
            Person = write.Caller.Person,
            Interaction = write.Interaction,
            Reason = $"Notices taken: {accesses.Count}",
            RequestId = write.Request.RequestId,
            CorrelationId = write.CorrelationId,
            Seen = [.. accesses.Select(id => $"AuditEvent/{id}")],
            Acknowledged = write.By,
        };
        return new Commit
        {
            Occurrence = occurrence,
            Taken = new NoticesTaken(write.Caller.Organisation, accesses, now, occurrence.Id),
        };
    }
}
