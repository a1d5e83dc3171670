using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// What an authority does with its Subscriptions. Another authority's are unknown to it, in the same words as those that
/// do not exist (promise 5).
/// </summary>
public sealed class SubscriptionService(
    IRecordStore records,
    INotificationStore notifications,
    IdempotentWrite writes,
    PlacesOfAction places,
    OtherSubscriptions others,
    SubscriptionParser parser,
    IDispatchSignal signal,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Stores a new Subscription. The answer shows the header lines as they were sent.</summary>
    public async Task<Result<IdempotentAnswer>> CreateAsync(SubscriptionWrite write, CancellationToken cancellation)
    {
        if (parser.Parse(write.Body, write.Caller.Organisation).IsRefused(out var refusal, out var parsed))
            return refusal;
        return await EchoAsync(
                write,
                async token =>
                    await others
                        .FindObstacleAsync(write.Caller.Organisation, null, parsed.Terms, isOneMore: true, token)
                        .ConfigureAwait(false)
                        is { } obstacle
                        ? obstacle
                        : Prepare(write, parsed, parsed.Terms, ids.Next(), 0),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Stores a new version. A new handshake follows where it asks for <c>requested</c>; events that wait for delivery
    /// wait on, and those of an endpoint that was active before go on being tried should the handshake fail. The answer
    /// shows the header lines as they were sent.
    /// </summary>
    public Task<Result<IdempotentAnswer>> UpdateAsync(
        string id,
        int? ifMatch,
        SubscriptionWrite write,
        CancellationToken cancellation
    ) => EchoAsync(write, token => PrepareUpdateAsync(id, ifMatch, write, token), cancellation);

    /// <summary>Ends one for good: it is off, a read of it is 410, and no search finds it. 204, also where it was deleted before.</summary>
    /// <param name="id">Which.</param>
    /// <param name="ifMatch">The version that must be current, or null.</param>
    /// <param name="write">What was asked; it has no body.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task<Result<IdempotentAnswer>> DeleteAsync(
        string id,
        int? ifMatch,
        SubscriptionWrite write,
        CancellationToken cancellation
    ) => WriteAsync(write, token => PrepareDeleteAsync(id, ifMatch, write, token), cancellation);

    /// <summary>One version of the caller's own.</summary>
    public async Task<Result<StoredResource>> ReadAsync(
        Caller caller,
        string id,
        int? version,
        CancellationToken cancellation
    )
    {
        var found = await records.ReadAsync(RecordType.Subscription, id, version, cancellation).ConfigureAwait(false);
        return found is null || found.Authority != caller.Organisation ? Refusal.Unknown("This Subscription")
            : found.IsDeleted ? Refusal.Gone("This Subscription")
            : found;
    }

    /// <summary>Where one of the caller's own stands.</summary>
    public async Task<Result<SubscriptionStanding>> ReadStandingAsync(
        Caller caller,
        string id,
        CancellationToken cancellation
    )
    {
        if (
            (await ReadAsync(caller, id, null, cancellation).ConfigureAwait(false)).IsRefused(out var no, out var found)
        )
            return no;
        var held = await places.ReadCandidatesAsync(caller.Organisation, cancellation).ConfigureAwait(false);
        return await StandingOfAsync(found, held, cancellation).ConfigureAwait(false);
    }

    /// <summary>Where the caller's own stand, all or those of these ids and statuses; at most 1,000.</summary>
    public async Task<IReadOnlyList<SubscriptionStanding>> ReadStandingsAsync(
        Caller caller,
        IReadOnlyList<string> onlyIds,
        IReadOnlyList<string> statuses,
        CancellationToken cancellation
    )
    {
        var conditions = new List<Condition>();
        if (onlyIds.Count > 0)
            conditions.Add(new Condition.AnyId(onlyIds));
        if (statuses.Count > 0)
            conditions.Add(new Condition.AnyToken([.. statuses.Select(SubscriptionDocument.StatusToken)]));
        var page = await records
            .SearchAsync(
                new RecordQuery(RecordType.Subscription, caller.Organisation, conditions) { Count = 1_000 },
                cancellation
            )
            .ConfigureAwait(false);
        var held = await places.ReadCandidatesAsync(caller.Organisation, cancellation).ConfigureAwait(false);
        var standings = new List<SubscriptionStanding>(page.Items.Count);
        foreach (var subscription in page.Items)
            standings.Add(await StandingOfAsync(subscription, held, cancellation).ConfigureAwait(false));
        return standings;
    }

    /// <summary>Writes a Subscription, and shows its writer the header lines of this very request.</summary>
    private async Task<Result<IdempotentAnswer>> EchoAsync(
        SubscriptionWrite write,
        Func<CancellationToken, Task<Result<PreparedWrite>>> prepare,
        CancellationToken cancellation
    ) =>
        (await WriteAsync(write, prepare, cancellation).ConfigureAwait(false)).IsRefused(
            out var refusal,
            out var answer
        )
            ? refusal
            : answer with
            {
                Body = SubscriptionDocument.Echo(answer.Body, write.Body),
            };

    /// <summary>Writes once, and wakes who sends: a handshake may be due.</summary>
    private async Task<Result<IdempotentAnswer>> WriteAsync(
        SubscriptionWrite write,
        Func<CancellationToken, Task<Result<PreparedWrite>>> prepare,
        CancellationToken cancellation
    )
    {
        var answer = await writes.RunAsync(write.Request, prepare, cancellation).ConfigureAwait(false);
        signal.Wake();
        return answer;
    }

    private async Task<SubscriptionStanding> StandingOfAsync(
        StoredResource subscription,
        IReadOnlyList<StoredResource> held,
        CancellationToken cancellation
    )
    {
        var ledger = await notifications.ReadLedgerAsync(subscription.Id, cancellation).ConfigureAwait(false);
        return SubscriptionStanding.Of(subscription.Id, subscription.Subscription!, ledger) with
        {
            IsPlaceOfAction = subscription.Id == PlacesOfAction.Among(held, subscription.Subscription!.Topic)?.Id,
        };
    }

    private async Task<Result<PreparedWrite>> PrepareUpdateAsync(
        string id,
        int? ifMatch,
        SubscriptionWrite write,
        CancellationToken cancellation
    )
    {
        if (
            (await ReadAsync(write.Caller, id, null, cancellation).ConfigureAwait(false)).IsRefused(
                out var unknown,
                out var current
            )
        )
            return unknown;
        if (ifMatch is { } expected && expected != current.Version)
            return Refusal.Stale(expected, current.Version);
        var before = current.Subscription!;
        if (parser.Parse(write.Body, write.Caller.Organisation, before).IsRefused(out var refusal, out var parsed))
            return refusal;
        if (parsed.Resource.Id != id)
            return Refusal.Malformed(
                "The id in the body must be the id in the URL.",
                "Subscription.id",
                SpineCodes.InvalidResourceId
            );
        var isOneMore = before.Status == SubscriptionStatus.Off;
        if (
            await others
                .FindObstacleAsync(write.Caller.Organisation, id, parsed.Terms, isOneMore, cancellation)
                .ConfigureAwait(false) is
            { } obstacle
        )
            return obstacle;
        var terms = parsed.Terms with { Activated = before.Activated && before.Endpoint == parsed.Terms.Endpoint };
        return Prepare(write, parsed, terms, id, current.Version);
    }

    private async Task<Result<PreparedWrite>> PrepareDeleteAsync(
        string id,
        int? ifMatch,
        SubscriptionWrite write,
        CancellationToken cancellation
    )
    {
        var current = await records.ReadAsync(RecordType.Subscription, id, null, cancellation).ConfigureAwait(false);
        if (current is null || current.Authority != write.Caller.Organisation)
            return Refusal.Unknown("This Subscription");
        if (ifMatch is { } expected && expected != current.Version)
            return Refusal.Stale(expected, current.Version);
        if (current.IsDeleted)
            return new PreparedWrite(new Commit(), 204, Said($"Subscription/{id} was deleted before."), null);
        var off = current.Subscription! with { Status = SubscriptionStatus.Off };
        var deleted = SubscriptionDocument.Next(current, off, null, time.GetUtcNow()).AsDeleted();
        return new PreparedWrite(
            new Commit
            {
                Changes = [new Change(deleted, current.Version)],
                Occurrence = OccurrenceOf(write, deleted, "Deleted"),
            },
            204,
            Said($"Subscription/{id} is off and deleted. It sends nothing more."),
            null
        );

        static byte[] Said(string text) =>
            OperationOutcomeWriter.ToBytes([new Issue("informational", text, Severity: "information")]);
    }

    private PreparedWrite Prepare(
        SubscriptionWrite write,
        ParsedSubscription parsed,
        SubscriptionTerms terms,
        string id,
        int currentVersion
    )
    {
        var now = time.GetUtcNow();
        var stored = SubscriptionDocument.Create(parsed, terms, id, currentVersion + 1, write.Caller.Organisation, now);
        var created = currentVersion == 0;
        var version = stored.Version.ToString(CultureInfo.InvariantCulture);
        return new PreparedWrite(
            new Commit
            {
                Changes = [new Change(stored, currentVersion)],
                Occurrence = OccurrenceOf(write, stored, created ? "Created" : "Updated"),
            },
            created ? 201 : 200,
            stored.Body,
            $"{write.FhirBase}/Subscription/{id}/_history/{version}"
        );
    }

    private Occurrence OccurrenceOf(SubscriptionWrite write, StoredResource stored, string done) =>
        new()
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Upload,
            Time = stored.LastUpdated,
            ClientId = write.Caller.ClientId,
            Organisation = write.Caller.Organisation,
            OrganisationName = write.Caller.OrganisationName,
            CallerKind = write.Caller.Kind,
            Person = write.Caller.Person,
            Interaction = "Subscription",
            Reason = $"{done} Subscription/{stored.Id}/_history/{stored.Version}",
            RequestId = write.Request.RequestId,
            CorrelationId = write.CorrelationId,
        };
}

/// <summary>A Subscription as it was sent, with what is known of the request.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="FhirBase">For Location.</param>
/// <param name="Body">The body as it came.</param>
public sealed record SubscriptionWrite(
    Caller Caller,
    WriteRequest Request,
    string? CorrelationId,
    string FhirBase,
    ReadOnlyMemory<byte> Body
);
