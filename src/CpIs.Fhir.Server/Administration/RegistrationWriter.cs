using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// Changes who is registered. Each change is one commit: the registration, the Organization that shows it, and the
/// occurrence that says who changed what. It holds on this server at once and on others within a second. A change stands
/// upon the stamp of what it was made from: where another server was first, it is made again from what is there now, so that
/// a new key never undoes a suspension.
/// </summary>
internal sealed class RegistrationWriter(
    IRecordStore records,
    DirectorySource directory,
    IdGenerator ids,
    TimeProvider time
) : IDisposable
{
    private const int Attempts = 8;

    // One at a time on this server: its own changes need not cost each other an attempt.
    private readonly SemaphoreSlim _change = new(1, 1);

    /// <inheritdoc />
    public void Dispose() => _change.Dispose();

    /// <summary>Registers an organisation or changes it; suspension and stamps stay as they are.</summary>
    public Task<Result<Organisation>> PutAsync(Organisation wanted, Actor actor, CancellationToken cancellation) =>
        ChangeAsync<Organisation>(
            current =>
            {
                var known = current.Find(wanted.Code);
                if (known is not null && known.Kind != wanted.Kind)
                    return Broken(
                        $"{wanted.Code} is registered as another kind. The kind of an organisation cannot change.",
                        "kind"
                    );
                return Wanted(
                    wanted with
                    {
                        Suspended = known?.Suspended ?? false,
                        StampEpoch = known?.StampEpoch ?? 0,
                    },
                    known,
                    actor
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
        ChangeAsync<Organisation>(
            current =>
            {
                if (current.Find(code) is not { } known)
                    return Refusal.Unknown($"Organisation {code}");
                return suspended && code == actor.Organisation
                    ? LockedOut()
                    : Wanted(known with { Suspended = suspended }, known, actor);
            },
            cancellation
        );

    /// <summary>Registers a client or changes its keys and person; a suspension stays as it is.</summary>
    public Task<Result<ClientRegistration>> PutAsync(
        ClientRegistration wanted,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync<ClientRegistration>(
            current =>
            {
                if (current.Find(wanted.Organisation) is not { } organisation)
                    return Broken($"Organisation {wanted.Organisation} is not registered.", "organisation");
                if (organisation.Kind != wanted.Kind)
                    return Broken(
                        $"A client must have the kind of its organisation. Sent: {OrganisationForm.NameOf(wanted.Kind)}. Kind of {wanted.Organisation}: {OrganisationForm.NameOf(organisation.Kind)}.",
                        "kind"
                    );
                var known = current.FindClient(wanted.ClientId);
                return known is not null && known.Organisation != wanted.Organisation
                    ? Broken("A client cannot change its organisation. Register another client.", "organisation")
                    : Wanted(wanted with { Suspended = known?.Suspended ?? false }, known, actor);
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
        ChangeAsync<ClientRegistration>(
            current =>
            {
                if (current.FindClient(clientId) is not { } known)
                    return Refusal.Unknown("That client");
                return suspended && clientId == actor.ClientId
                    ? LockedOut()
                    : Wanted(known with { Suspended = suspended }, known, actor);
            },
            cancellation
        );

    /// <summary>One commit, made from what is registered now; what exists already is not written again.</summary>
    public Task<Result<T>> ChangeAsync<T>(
        Func<OrganisationDirectory, Result<RegistrationChange<T>>> change,
        CancellationToken cancellation
    ) => ChangeAsync<T>(current => Task.FromResult(change(current)), cancellation);

    /// <summary>The same of a change that reads records too.</summary>
    public async Task<Result<T>> ChangeAsync<T>(
        Func<OrganisationDirectory, Task<Result<RegistrationChange<T>>>> change,
        CancellationToken cancellation
    )
    {
        await _change.WaitAsync(cancellation);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var current = await directory.RefreshAsync(cancellation);
                if ((await change(current)).IsRefused(out var refusal, out var wanted))
                    return refusal;
                if (wanted.Registrations.Count == 0)
                    return wanted.Value;
                var commit = new Commit
                {
                    Registrations = wanted.Registrations,
                    RegistrationStamp = current.Stamp,
                    Changes = wanted.Shown is { } shown
                        ? [await NextVersionAsync(shown, cancellation)]
                        : wanted.Changes,
                    Occurrence = wanted.Occurrence,
                };
                if (await records.CommitAsync(commit, cancellation) != CommitOutcome.Committed)
                    continue;
                await directory.RefreshAsync(cancellation);
                return wanted.Value;
            }
        }
        finally
        {
            _change.Release();
        }

        return Refusal.Because(
            RefusalKind.Conflict,
            new Issue("conflict", "Others are changing registrations. Try again.")
        ) with
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    private Result<RegistrationChange<Organisation>> Wanted(Organisation wanted, Organisation? known, Actor actor)
    {
        var registration = RegistrationForm.Of(wanted);
        if (IsSame(registration, known is null ? null : RegistrationForm.Of(known)))
            return new RegistrationChange<Organisation>(wanted);
        var suspends = wanted.Suspended != (known?.Suspended ?? false);
        return new RegistrationChange<Organisation>(wanted)
        {
            Registrations = [registration],
            Shown = wanted.ResourceId is null || suspends ? null : wanted,
            Occurrence = Tell(actor, $"organisations/{wanted.Code}", known is null, suspends, wanted.Suspended),
        };
    }

    private Result<RegistrationChange<ClientRegistration>> Wanted(
        ClientRegistration wanted,
        ClientRegistration? known,
        Actor actor
    )
    {
        var registration = RegistrationForm.Of(wanted);
        if (IsSame(registration, known is null ? null : RegistrationForm.Of(known)))
            return new RegistrationChange<ClientRegistration>(wanted);
        var suspends = wanted.Suspended != (known?.Suspended ?? false);
        return new RegistrationChange<ClientRegistration>(wanted)
        {
            Registrations = [registration],
            Occurrence = Tell(actor, $"clients/{wanted.ClientId}", known is null, suspends, wanted.Suspended),
        };
    }

    private static bool IsSame(Registration wanted, Registration? known) =>
        known is not null && wanted.Json.Span.SequenceEqual(known.Json.Span);

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
                Tokens = OrganisationResource.Tokens(organisation),
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
            CallerKind = actor.Kind,
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
                "You cannot suspend yourself. Another operator can.",
                null,
                SpineCodes.ValidationError
            )
        );
}

/// <summary>Who changes registrations.</summary>
/// <param name="ClientId">Their client.</param>
/// <param name="Organisation">Its organisation.</param>
/// <param name="OrganisationName">Its name.</param>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="CorrelationId">X-Correlation-ID, where there is one.</param>
/// <param name="Person">The person, where the token names one.</param>
/// <param name="Kind">What the organisation does.</param>
internal sealed record Actor(
    string ClientId,
    OdsCode Organisation,
    string OrganisationName,
    string RequestId,
    string? CorrelationId = null,
    Person? Person = null,
    CallerKind Kind = CallerKind.Operator
)
{
    /// <summary>The caller of a request.</summary>
    public static Actor Of(Caller caller, RequestIdentity request) =>
        new(
            caller.ClientId,
            caller.Organisation,
            caller.OrganisationName,
            request.RequestId,
            request.CorrelationId,
            caller.Person,
            caller.Kind
        );
}
