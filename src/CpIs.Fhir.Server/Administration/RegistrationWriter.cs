using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// Changes who is registered. Each change is one commit: the registration, the Organization that shows it, and the
/// occurrence that says who changed what. It holds on this server at once and on others within a second.
/// </summary>
internal sealed class RegistrationWriter(
    IRecordStore records,
    DirectorySource directory,
    IdGenerator ids,
    TimeProvider time
) : IDisposable
{
    private const int Attempts = 3;

    // One change at a time: each writes a whole registration, and a new key must not undo a suspension that came between.
    private readonly SemaphoreSlim _change = new(1, 1);

    /// <inheritdoc />
    public void Dispose() => _change.Dispose();

    /// <summary>Registers an organisation or changes it; a suspension stays as it is.</summary>
    public Task<Result<Organisation>> PutAsync(Organisation wanted, Actor actor, CancellationToken cancellation) =>
        AloneAsync<Organisation>(
            async current =>
            {
                var known = current.Find(wanted.Code);
                if (known is not null && known.Kind != wanted.Kind)
                    return Broken($"{wanted.Code} is registered as another kind, which never changes.", "kind");
                return await SaveAsync(
                    wanted with
                    {
                        Suspended = known?.Suspended ?? false,
                    },
                    known,
                    actor,
                    cancellation
                );
            },
            cancellation
        );

    /// <summary>Suspends an organisation, or restores it.</summary>
    public Task<Result<Organisation>> SuspendAsync(
        OdsCode code,
        bool suspended,
        Actor actor,
        CancellationToken cancellation
    ) =>
        AloneAsync<Organisation>(
            async current =>
            {
                var known = current.Find(code);
                if (known is null)
                    return Refusal.Unknown($"Organisation {code}");
                return suspended && code == actor.Organisation
                    ? LockedOut()
                    : await SaveAsync(known with { Suspended = suspended }, known, actor, cancellation);
            },
            cancellation
        );

    /// <summary>Registers a client or changes its keys and person; a suspension stays as it is.</summary>
    public Task<Result<ClientRegistration>> PutAsync(
        ClientRegistration wanted,
        Actor actor,
        CancellationToken cancellation
    ) =>
        AloneAsync<ClientRegistration>(
            async current =>
            {
                if (current.Find(wanted.Organisation) is not { } organisation)
                    return Broken($"Organisation {wanted.Organisation} is not registered.", "organisation");
                if (organisation.Kind != wanted.Kind)
                    return Broken(
                        $"{wanted.Organisation} is of another kind; a client is of its organisation's kind.",
                        "kind"
                    );
                var known = current.FindClient(wanted.ClientId);
                return known is not null && known.Organisation != wanted.Organisation
                    ? Broken("A client belongs to one organisation for good; register another client.", "organisation")
                    : await SaveAsync(
                        wanted with
                        {
                            Suspended = known?.Suspended ?? false,
                        },
                        known,
                        actor,
                        cancellation
                    );
            },
            cancellation
        );

    /// <summary>Suspends a client, or restores it.</summary>
    public Task<Result<ClientRegistration>> SuspendAsync(
        string clientId,
        bool suspended,
        Actor actor,
        CancellationToken cancellation
    ) =>
        AloneAsync<ClientRegistration>(
            async current =>
            {
                var known = current.FindClient(clientId);
                if (known is null)
                    return Refusal.Unknown("That client");
                return suspended && clientId == actor.ClientId
                    ? LockedOut()
                    : await SaveAsync(known with { Suspended = suspended }, known, actor, cancellation);
            },
            cancellation
        );

    private async Task<Result<T>> AloneAsync<T>(
        Func<OrganisationDirectory, Task<Result<T>>> change,
        CancellationToken cancellation
    )
    {
        await _change.WaitAsync(cancellation);
        try
        {
            return await change(await directory.RefreshAsync(cancellation));
        }
        finally
        {
            _change.Release();
        }
    }

    private async Task<Result<Organisation>> SaveAsync(
        Organisation wanted,
        Organisation? known,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var registration = RegistrationForm.Of(wanted);
        if (known is not null && registration.Json.Span.SequenceEqual(RegistrationForm.Of(known).Json.Span))
            return wanted;
        var isShown = wanted.ResourceId is not null && wanted.Suspended == (known?.Suspended ?? false);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var commit = new Commit
            {
                Registrations = [registration],
                Changes = isShown ? [await NextVersionAsync(wanted, cancellation)] : [],
                Occurrence = Tell(
                    actor,
                    $"organisations/{wanted.Code}",
                    known is null,
                    wanted.Suspended != (known?.Suspended ?? false),
                    wanted.Suspended
                ),
            };
            if (await records.CommitAsync(commit, cancellation) == CommitOutcome.Committed)
            {
                await directory.RefreshAsync(cancellation);
                return wanted;
            }
        }

        return Refusal.Because(
            RefusalKind.Conflict,
            new Issue("conflict", $"{wanted.Code} is being changed by others; try again.")
        ) with
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    private async Task<Result<ClientRegistration>> SaveAsync(
        ClientRegistration wanted,
        ClientRegistration? known,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var registration = RegistrationForm.Of(wanted);
        if (known is not null && registration.Json.Span.SequenceEqual(RegistrationForm.Of(known).Json.Span))
            return wanted;
        var commit = new Commit
        {
            Registrations = [registration],
            Occurrence = Tell(
                actor,
                $"clients/{wanted.ClientId}",
                known is null,
                wanted.Suspended != (known?.Suspended ?? false),
                wanted.Suspended
            ),
        };
        if (await records.CommitAsync(commit, cancellation) != CommitOutcome.Committed)
            throw new InvalidOperationException("A client's registration has no precondition and cannot conflict.");
        await directory.RefreshAsync(cancellation);
        return wanted;
    }

    private async Task<Change> NextVersionAsync(Organisation organisation, CancellationToken cancellation)
    {
        var id = organisation.ResourceId!;
        var before = (await records.ReadAsync(RecordType.Organization, id, null, cancellation))?.Version ?? 0;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new Change(
            new StoredResource
            {
                Type = RecordType.Organization,
                Id = id,
                Version = before + 1,
                LastUpdated = now,
                Authority = organisation.Code,
                Identity = organisation.Code.Value,
                Body = OrganisationResource.ToBytes(organisation, before + 1, now),
                Tokens = RecordIndex.Organization(organisation.Code, organisation.Name),
            },
            before
        );
    }

    /// <summary>The occurrence of a change of what is named by its path under <c>/admin</c>.</summary>
    public Occurrence Tell(Actor actor, string what, string how) =>
        new()
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Administration,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
            ClientId = actor.ClientId,
            Organisation = actor.Organisation,
            OrganisationName = actor.OrganisationName,
            CallerKind = CallerKind.Operator,
            Person = actor.Person,
            Interaction = $"admin/{what}",
            Reason = how,
            RequestId = actor.RequestId,
            CorrelationId = actor.CorrelationId,
        };

    private Occurrence Tell(Actor actor, string what, bool isNew, bool standingChanged, bool suspended) =>
        Tell(
            actor,
            what,
            isNew ? "registered"
                : standingChanged ? (suspended ? "suspended" : "restored")
                : "changed"
        );

    private static Refusal Broken(string text, string place) =>
        Refusal.Because(RefusalKind.Rule, new Issue("business-rule", text, place, SpineCodes.ValidationError));

    private static Refusal LockedOut() =>
        Refusal.Because(
            RefusalKind.Rule,
            new Issue(
                "business-rule",
                "Nobody suspends themselves; another operator can.",
                null,
                SpineCodes.ValidationError
            )
        );
}

/// <summary>Who changes registrations.</summary>
/// <param name="ClientId">The operator's client.</param>
/// <param name="Organisation">Its organisation.</param>
/// <param name="OrganisationName">Its name.</param>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="CorrelationId">X-Correlation-ID, where there is one.</param>
/// <param name="Person">The person, where the token names one.</param>
internal sealed record Actor(
    string ClientId,
    OdsCode Organisation,
    string OrganisationName,
    string RequestId,
    string? CorrelationId = null,
    Person? Person = null
);
