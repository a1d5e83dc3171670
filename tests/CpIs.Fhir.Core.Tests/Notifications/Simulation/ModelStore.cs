using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>
/// What a store does for the notification engine, in memory and said as plainly as it can be. The real stores are held against it; the engine is
/// simulated on it; and it can be given a fault, which the simulation must find. Each call is one commit.
/// </summary>
internal sealed class ModelStore(Fault fault = Fault.None, int seed = 0)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Holder, DateTimeOffset Until)> _leases = [];
    private readonly List<State> _past = [];
    private State _state = new();

    /// <summary>Obligations, in the order in which they came to be.</summary>
    public IReadOnlyList<Owed> Obligations => [.. _state.Obligations.Values];

    /// <summary>Events of a Subscription, ascending.</summary>
    public IReadOnlyList<Numbered> Events(string subscription) =>
        [.. _state.Events.Values.Where(e => e.Subscription == subscription).OrderBy(e => e.Number)];

    /// <summary>The machine loses its power: what was durable is there again.</summary>
    public void LosePower()
    {
        lock (_gate)
            if (fault == Fault.ForgetsWhatWasDurable && _past.Count > 0)
                _state = _past[0];
    }

    public Task RecordAsync(Occurrence occurrence, CancellationToken _) =>
        Commit(s =>
        {
            if (s.Obligations.Values.Any(owed => owed.Occurrence == occurrence.Id))
                return true;
            foreach (var obligation in occurrence.Obligations)
            {
                var key = ++s.LastKey;
                s.Obligations[key] = new Owed(
                    key,
                    obligation.Authority,
                    occurrence.Id,
                    occurrence.Time,
                    occurrence.Organisation,
                    occurrence.Child,
                    occurrence.Topic!.Value
                );
            }

            return true;
        });

    public Task<int> NumberObligationsAsync(DateTimeOffset now, TimeSpan quiet, int limit, CancellationToken _)
    {
        if (fault == Fault.NumbersApart)
            NumbersTaken();
        return Commit(s =>
        {
            var done = 0;
            foreach (
                var ofOne in s.Subscriptions.Values.Where(sub => sub.Takes).GroupBy(sub => (sub.Authority, sub.Topic))
            )
            {
                if (done >= limit)
                    break;
                var from = ofOne.Min(sub => sub.NumberedTo);
                var all = s
                    .Obligations.Values.Where(owed =>
                        (owed.Authority, owed.Topic) == ofOne.Key && owed.Settled is null && owed.Key > from
                    )
                    .ToList();
                var open = all.Take(limit - done).ToList();
                if (open.Count > 0 && ofOne.Any(sub => IsNewestFirst(sub, open, now)))
                    open = all;
                foreach (var sub in ofOne.ToList())
                    Number(s, sub, open.FindAll(owed => owed.Key > sub.NumberedTo), now, quiet);
                done += open.Count;
            }

            return done;
        });
    }

    public Task<IReadOnlyList<Delivery>> ClaimDueAsync(ClaimTerms terms, int limit, CancellationToken _) =>
        Commit<IReadOnlyList<Delivery>>(s =>
        {
            var due = s
                .Subscriptions.Values.Where(sub =>
                    sub.Takes
                    && (sub.Next <= terms.Now || (sub.Next is null && sub.State.ApartOrNone.NextAside <= terms.Now))
                )
                .OrderBy(sub => sub.Turn)
                .ThenBy(sub => sub.Id, StringComparer.Ordinal)
                .Take(limit)
                .ToList();
            var deliveries = new List<Delivery>();
            foreach (var sub in due)
                if (Take(s, sub, sub.State, terms, sub.Fence + 1, null) is { } delivery)
                {
                    var turn = s.Subscriptions.Values.Where(each => each.Takes).Max(each => each.Turn) + 1;
                    s.Subscriptions[sub.Id] = s.Subscriptions[sub.Id] with { Turn = turn };
                    deliveries.Add(delivery);
                }

            return deliveries;
        });

    public Task<Delivery?> ClaimNextAsync(
        Delivery held,
        SendingState state,
        ClaimTerms terms,
        SendingEnd? otherwise,
        CancellationToken _
    ) => Commit(s => HeldBy(s, held) is { } sub ? Take(s, sub, state, terms, held.Fence, otherwise) : null);

    public Task<bool> SettleAsync(
        Delivery delivery,
        DateTimeOffset now,
        SendingState state,
        bool tells,
        CancellationToken _
    ) =>
        Commit(s =>
        {
            if (HeldBy(s, delivery) is not { } sub)
                return false;
            foreach (var number in delivery.Events.Select(e => e.Number))
                Deliver(s, sub.Id, number, now, tells || fault == Fault.AnySubscriptionTells);
            var taken = sub.LastTaken > now ? sub.LastTaken : now;
            s.Subscriptions[sub.Id] = sub with { State = state, LastTaken = taken };
            return true;
        });

    public Task<bool> GiveBackAsync(Delivery delivery, SendingEnd left, CancellationToken _) =>
        Commit(s =>
        {
            if (HeldBy(s, delivery) is not { } sub)
                return false;
            if (fault == Fault.FailureOnEvent && left.State.Failures > 0)
            {
                foreach (var number in delivery.Events.Select(e => e.Number))
                    s.Events[(sub.Id, number)] = s.Events[(sub.Id, number)] with { Due = left.Next };
                Free(s, sub, left.State, delivery.Events[0].Time);
            }
            else
                Free(s, sub, left.State, left.Next);
            return true;
        });

    public Task<DateTimeOffset?> ReadNextDueAsync(CancellationToken _) =>
        Commit(s =>
            s.Subscriptions.Values.Where(sub => sub.Takes).Min(sub => sub.Next ?? sub.State.ApartOrNone.NextAside)
        );

    public Task NoteTakenAsync(string subscriptionId, DateTimeOffset now, CancellationToken _) =>
        Commit(s =>
        {
            if (s.Subscriptions.TryGetValue(subscriptionId, out var sub) && !(sub.LastTaken > now))
                s.Subscriptions[subscriptionId] = sub with { LastTaken = now };
            return true;
        });

    public Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken _) =>
        Commit(s =>
        {
            if (s.Subscriptions.TryGetValue(subscriptionId, out var sub) && sub is { Held: false, Next: not null })
                s.Subscriptions[subscriptionId] = sub with { Next = now };
            return true;
        });

    public Task<int> ResendAsync(
        string subscriptionId,
        long first,
        long last,
        DateTimeOffset now,
        CancellationToken _
    ) =>
        Commit(s =>
        {
            if (!s.Subscriptions.TryGetValue(subscriptionId, out var sub) || !sub.Sends)
                return 0;
            var again = s
                .Events.Values.Where(e =>
                    e.Subscription == subscriptionId && e.Number >= first && e.Number <= last && e.Delivered is not null
                )
                .ToList();
            foreach (var told in again)
                s.Events[(subscriptionId, told.Number)] = told with { Delivered = null };
            if (again.Count > 0 && !sub.Held)
                s.Subscriptions[subscriptionId] = sub with { Next = now };
            return again.Count;
        });

    public Task<IReadOnlyList<long>> FindDeliveredUntoldAsync(string subscriptionId, int limit, CancellationToken _) =>
        Commit<IReadOnlyList<long>>(s =>
            [
                .. Events(s, subscriptionId)
                    .Where(e => e.Delivered is not null && e.Owed.Any(key => s.Obligations[key].Settled is null))
                    .Select(e => e.Number)
                    .Order()
                    .Take(limit),
            ]
        );

    public Task<IReadOnlyList<NotificationEvent>> ReadEventsAsync(
        string subscriptionId,
        long first,
        long last,
        int limit,
        CancellationToken _
    ) =>
        Commit<IReadOnlyList<NotificationEvent>>(s =>
            [
                .. s
                    .Events.Values.Where(e => e.Subscription == subscriptionId && e.Number >= first && e.Number <= last)
                    .OrderBy(e => e.Number)
                    .Take(limit)
                    .Select(e => Show(s, e)),
            ]
        );

    public Task<SubscriptionLedger> ReadLedgerAsync(string subscriptionId, CancellationToken _) =>
        Commit(s =>
        {
            if (!s.Subscriptions.TryGetValue(subscriptionId, out var sub))
                return new SubscriptionLedger(0, 0, null, null, null);
            var open = Events(s, subscriptionId).Where(e => e.Delivered is null).ToList();
            return new SubscriptionLedger(
                sub.Last,
                open.Count,
                open.Count == 0 ? null : open.Min(e => e.Time),
                sub.State.FailingSince,
                sub.State.LastError,
                sub.LastTaken,
                sub.State.Failures
            );
        });

    public Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken _
    ) =>
        Commit(s =>
        {
            var open = s
                .Obligations.Values.Where(o => o.Authority == authority && o.Settled is null && IsOwed(o))
                .ToList();
            return ((long)open.Count, open.Count == 0 ? (DateTimeOffset?)null : open.Min(o => o.Time));
        });

    public Task<IReadOnlyList<UntoldNotices>> ReadUntoldAsync(CancellationToken _) =>
        Commit<IReadOnlyList<UntoldNotices>>(s =>
            [
                .. s
                    .Obligations.Values.Where(owed => owed.Settled is null && IsOwed(owed))
                    .GroupBy(owed => owed.Authority)
                    .Select(each => new UntoldNotices(each.Key, each.Count(), each.Min(owed => owed.Time))
                    {
                        OldestOutsideMesh = each.Where(owed => !owed.Topic.Row().InMesh)
                            .Min(owed => (DateTimeOffset?)owed.Time),
                    }),
            ]
        );

    public Task<NoticePage> ReadNoticesAsync(NoticeQuery query, CancellationToken _) =>
        Commit(s =>
            NoticePage.Of(
                [
                    .. s
                        .Obligations.Values.Where(owed => owed.Authority == query.Authority && IsOwed(owed))
                        .OrderBy(owed => owed.Time)
                        .ThenBy(owed => owed.Occurrence, StringComparer.Ordinal)
                        .Select(o => new Notice(o.Occurrence, o.Time, o.Settled, o.Taken, o.TakenBy))
                        .Where(notice => query.States.Contains(notice.State)),
                ],
                query.Count
            )
        );

    public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken _) =>
        Commit(s =>
        {
            if (commit.Taken is { } all && !AreUntaken(s, all))
                return CommitOutcome.Conflict;
            foreach (var change in commit.Changes)
                if ((s.Resources.GetValueOrDefault(change.Resource.Id)?.Version ?? 0) != change.ExpectedVersion)
                    return CommitOutcome.Conflict;
            foreach (var resource in commit.Changes.Select(change => change.Resource))
            {
                s.Resources[resource.Id] = resource;
                var terms = resource.Subscription!;
                var known = s.Subscriptions.GetValueOrDefault(resource.Id);
                s.Subscriptions[resource.Id] = (
                    known
                    ?? new Standing(
                        resource.Id,
                        resource.Authority,
                        terms.Channel == ChannelKind.RestHook,
                        SendingState.Sound,
                        terms.Topic
                    )
                ) with
                {
                    Takes = terms.TakesEvents,
                    Most = Math.Max(1, terms.MaxCount),
                };
            }

            if (commit.Taken is { } taken)
                MarkTaken(s, taken);
            return CommitOutcome.Committed;
        });

    public Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken _) =>
        Commit(s =>
            s.Resources.GetValueOrDefault(id) is { } found && found.Type == type && version is null ? found : null
        );

    public Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken _) =>
        Commit(s =>
        {
            var wanted = query.Conditions.OfType<Condition.AnyToken>().SelectMany(any => any.Tokens).ToHashSet();
            var found = s
                .Resources.Values.Where(r => query.Authority is null || r.Authority == query.Authority)
                .Where(r => r.Tokens.Any(wanted.Contains))
                .OrderBy(r => r.Id)
                .ToList();
            return new Page<StoredResource>(found, found.Count, null);
        });

    public Task<bool> TryHoldAsync(
        string name,
        string holder,
        DateTimeOffset now,
        TimeSpan duration,
        CancellationToken _
    ) =>
        Commit(s =>
        {
            if (_leases.TryGetValue(name, out var lease) && lease.Holder != holder && lease.Until > now)
                return false;
            _leases[name] = (holder, now + duration);
            return true;
        });

    public Task ReleaseAsync(string name, string holder, CancellationToken _) =>
        Commit(s => _leases.TryGetValue(name, out var lease) && lease.Holder == holder && _leases.Remove(name));

    public Task AddAttemptsAsync(IReadOnlyList<DeliveryAttempt> attempts, CancellationToken _) =>
        Commit(s => s.Attempts += attempts.Count);

    private Task<T> Commit<T>(Func<State, T> work)
    {
        lock (_gate)
        {
            if (fault == Fault.ForgetsWhatWasDurable)
            {
                _past.Add(_state.Copy());
                if (_past.Count > 5)
                    _past.RemoveAt(0);
            }

            return Task.FromResult(work(_state));
        }
    }

    /// <summary>The fault: numbers are taken in one commit, and given to events in another, if that comes to be.</summary>
    private void NumbersTaken()
    {
        lock (_gate)
            foreach (var sub in _state.Subscriptions.Values.Where(sub => sub.Takes).ToList())
                if (
                    _state.Obligations.Values.Any(owed =>
                        owed.Authority == sub.Authority
                        && owed.Topic == sub.Topic
                        && owed.Settled is null
                        && owed.Key > sub.NumberedTo
                    )
                )
                    _state.Subscriptions[sub.Id] = sub with { Last = sub.Last + 1, Ahead = sub.Ahead + 1 };
        lock (_gate)
            if (_random.Next(5) == 0)
                throw new DiedException();
    }

    private void Number(State s, Standing sub, List<Owed> open, DateTimeOffset now, TimeSpan quiet)
    {
        if (open.Count == 0)
            return;
        var number = fault == Fault.NumbersApart ? sub.Last - Math.Min(sub.Ahead, 1) : sub.Last;
        var before = number;
        var inOrder = open.OrderBy(o => o.Time).ThenBy(o => o.Key);
        foreach (var owed in IsNewestFirst(sub, open, now) ? inOrder.Reverse() : inOrder)
        {
            if (Events(s, sub.Id).Any(e => e.Owed.Contains(owed.Key)))
                continue;
            var joined =
                owed.Child is null || !owed.Topic.Row().Merges
                    ? null
                    : Events(s, sub.Id)
                        .Where(e =>
                            e.Fence == 0
                            && e.Child == owed.Child
                            && e.Organisation == owed.Organisation
                            && Attendance.IsSame(e.Time, owed.Time)
                        )
                        .OrderByDescending(e => e.Time)
                        .ThenBy(e => e.Number)
                        .FirstOrDefault();
            if (joined is not null)
                s.Events[(sub.Id, joined.Number)] = joined with
                {
                    Time = joined.Time < owed.Time ? joined.Time : owed.Time,
                    Owed = [.. joined.Owed, owed.Key],
                };
            else
                s.Events[(sub.Id, ++number)] = new Numbered(
                    sub.Id,
                    number,
                    owed.Time,
                    owed.Organisation,
                    owed.Child,
                    [owed.Key],
                    Fence: sub.Sends ? 0 : 1
                );
        }

        s.Subscriptions[sub.Id] = sub with
        {
            Last = number,
            Ahead = 0,
            NumberedTo = open[^1].Key,
            Next = !sub.Sends ? null : sub.Next ?? (number > before ? now + quiet : null),
        };
    }

    private static bool IsNewestFirst(Standing sub, List<Owed> open, DateTimeOffset now) =>
        FirstEvents.AreNewestFirst(sub.Last, open.Min(owed => owed.Time), now);

    private Delivery? Take(
        State s,
        Standing sub,
        SendingState state,
        ClaimTerms terms,
        long fence,
        SendingEnd? otherwise
    )
    {
        var apart = state.ApartOrNone;
        var events = Events(s, sub.Id)
            .Where(e =>
                e.Delivered is null
                && e.Time <= terms.Now - terms.Quiet
                && !apart.Numbers.Contains(e.Number)
                && !(e.Due > terms.Now)
            )
            .OrderBy(e => e.Number)
            .Take(sub.Most * terms.Notices)
            .ToList();
        if (events.Count > 0)
            events = [.. events.Take(apart.MostFrom(events[0].Number, sub.Most * terms.Notices))];
        else if (apart.DueAt(terms.Now) is { } aside && s.Events.TryGetValue((sub.Id, aside), out var one))
            events = [one];
        if (events.Count == 0)
        {
            var left = otherwise?.State ?? state.AtRest();
            Free(s, sub, left, otherwise?.Next ?? NextOf(s, sub.Id, left, terms));
            return null;
        }

        s.Subscriptions[sub.Id] = sub with
        {
            Fence = fence,
            Held = true,
            Next = terms.Now + terms.Lease,
            State = state,
        };
        foreach (var claimed in events)
        {
            s.Events[(sub.Id, claimed.Number)] = claimed with { Fence = fence };
            if (fault == Fault.SettlesBeforeItSends)
                Deliver(s, sub.Id, claimed.Number, terms.Now, tells: true);
        }

        return new Delivery(
            sub.Id,
            [.. events.Select(e => Show(s, e))],
            fence,
            state,
            sub.Last,
            terms.Now + terms.Lease
        );
    }

    private static DateTimeOffset? NextOf(State s, string subscription, SendingState state, ClaimTerms terms)
    {
        var waiting = Events(s, subscription)
            .Where(e => e.Delivered is null && !state.ApartOrNone.Numbers.Contains(e.Number))
            .ToList();
        return waiting.Count == 0 ? null
            : waiting.Exists(e => e.Due > terms.Now) ? waiting.Min(e => e.Due ?? e.Time + terms.Quiet)
            : waiting.Min(e => e.Time) + terms.Quiet;
    }

    private static void Free(State s, Standing sub, SendingState state, DateTimeOffset? next) =>
        s.Subscriptions[sub.Id] = sub with { Fence = sub.Fence + 1, Held = false, Next = next, State = state };

    private Standing? HeldBy(State s, Delivery claim) =>
        s.Subscriptions.GetValueOrDefault(claim.SubscriptionId) is { } sub
        && (fault == Fault.NoFence || (sub.Held && sub.Fence == claim.Fence))
            ? sub
            : null;

    private static void Deliver(State s, string subscription, long number, DateTimeOffset now, bool tells)
    {
        var told = s.Events[(subscription, number)];
        if (told.Delivered is null)
            s.Events[(subscription, number)] = told with { Delivered = now };
        foreach (var key in told.Owed)
            if (tells && s.Obligations[key].Settled is null)
                s.Obligations[key] = s.Obligations[key] with { Settled = now };
    }

    private static bool IsOwed(Owed owed) => owed.Topic.Row().TellsOfChild;

    private static bool AreUntaken(State s, NoticesTaken taken) =>
        taken.Occurrences.All(id =>
            s.Obligations.Values.Any(owed =>
                owed.Authority == taken.Authority && owed.Occurrence == id && owed.Taken is null
            )
        );

    private static void MarkTaken(State s, NoticesTaken taken)
    {
        var mine = s
            .Obligations.Values.Where(owed =>
                owed.Authority == taken.Authority && taken.Occurrences.Contains(owed.Occurrence)
            )
            .ToList();
        foreach (var owed in mine.Where(owed => owed.Taken is null))
            s.Obligations[owed.Key] = owed with
            {
                Taken = taken.Time,
                TakenBy = taken.By,
                Settled = owed.Settled ?? taken.Time,
            };
        foreach (
            var told in s
                .Events.Values.Where(e => e.Delivered is null && e.Owed.Any(k => mine.Any(o => o.Key == k)))
                .ToList()
        )
            if (s.Subscriptions[told.Subscription] is { Sends: false })
                s.Events[(told.Subscription, told.Number)] = told with { Delivered = taken.Time };
    }

    private static IEnumerable<Numbered> Events(State s, string subscription) =>
        s.Events.Values.Where(e => e.Subscription == subscription);

    private static NotificationEvent Show(State s, Numbered e) =>
        new(
            e.Subscription,
            e.Number,
            e.Time,
            [
                .. e
                    .Owed.Select(key => s.Obligations[key])
                    .OrderBy(o => o.Time)
                    .ThenBy(o => o.Key)
                    .Select(o => o.Occurrence),
            ],
            e.Delivered
        );

    internal sealed record Owed(
        long Key,
        OdsCode Authority,
        string Occurrence,
        DateTimeOffset Time,
        OdsCode Organisation,
        NhsNumber? Child,
        Topic Topic,
        DateTimeOffset? Settled = null,
        DateTimeOffset? Taken = null,
        string? TakenBy = null
    );

    internal sealed record Numbered(
        string Subscription,
        long Number,
        DateTimeOffset Time,
        OdsCode Organisation,
        NhsNumber? Child,
        IReadOnlyList<long> Owed,
        long Fence = 0,
        DateTimeOffset? Delivered = null,
        DateTimeOffset? Due = null
    );

    private sealed record Standing(
        string Id,
        OdsCode Authority,
        bool Sends,
        SendingState State,
        Topic Topic,
        bool Takes = false,
        int Most = 1,
        long Last = 0,
        long NumberedTo = 0,
        long Fence = 0,
        long Turn = 0,
        bool Held = false,
        DateTimeOffset? Next = null,
        DateTimeOffset? LastTaken = null,
        int Ahead = 0
    );

    private sealed class State
    {
        public SortedDictionary<long, Owed> Obligations { get; private init; } = [];

        public Dictionary<(string, long), Numbered> Events { get; private init; } = [];

        public Dictionary<string, Standing> Subscriptions { get; private init; } = [];

        public Dictionary<string, StoredResource> Resources { get; private init; } = [];

        public long LastKey { get; set; }

        public int Attempts { get; set; }

        public State Copy() =>
            new()
            {
                Obligations = new(Obligations),
                Events = new(Events),
                Subscriptions = new(Subscriptions),
                Resources = new(Resources),
                LastKey = LastKey,
                Attempts = Attempts,
            };
    }
}
