using System.Globalization;
using System.Text;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Synthetic;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>
/// Some hours of notices with all that can happen to them, as a seed decides: two to five servers that die at any call and have clocks of their own,
/// endpoints that are flaky, slow and poisonous, persons who take notices. At the end everything is repaired, and what must hold is asked.
/// </summary>
internal sealed class Simulation
{
    private static readonly OdsCode[] Authorities =
    [
        OdsCode.Parse("XHF01"),
        OdsCode.Parse("XOT01"),
        OdsCode.Parse("XNO01"),
    ];
    private static readonly OdsCode Setting = OdsCode.Parse("XED01");
    private static readonly NhsNumber[] Children = [.. SyntheticNhsNumbers.From(650_000).Take(40)];

    private readonly Random _random;
    private readonly FakeTimeProvider _time = new(
        DateTimeOffset.Parse("2026-11-20T22:00:00Z", CultureInfo.InvariantCulture)
    );
    private readonly ModelStore _store;
    private readonly Receivers _receivers;
    private readonly OrganisationDirectory _directory;
    private readonly List<SimulatedServer> _servers = [];
    private readonly Dictionary<string, (OdsCode Authority, Topic Topic)> _subscriptions = [];
    private readonly Dictionary<string, OdsCode> _recorded = [];
    private readonly List<Exception> _faults = [];
    private readonly double _mortality;
    private readonly bool _isSkewed;
    private int _born;

    public Simulation(int seed, Fault fault = Fault.None)
    {
        _random = new Random(seed);
        _isSkewed = _random.Next(2) == 0;
        _store = new ModelStore(fault, seed);
        _receivers = new Receivers(new Random(seed + 1), _time, isExact: !_isSkewed);
        _mortality = _random.Next(3) * 0.004;
        _directory = new OrganisationDirectory(
            1,
            [
                .. Authorities.Select(code => new Organisation
                {
                    Code = code,
                    Name = code.Value,
                    Kind = CallerKind.Authority,
                }),
            ],
            []
        );
    }

    /// <summary>What did not hold; empty when all is well.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int steps = 60)
    {
        for (var i = _random.Next(2, 6); i > 0; i--)
            _servers.Add(Start());
        foreach (var authority in Authorities[..2])
            for (var i = _random.Next(1, 3); i > 0; i--)
                await SubscribeAsync(authority);
        for (var i = 0; i < steps; i++)
            await StepAsync();
        await RepairAsync();
        return [.. Violations()];
    }

    private async Task StepAsync()
    {
        switch (_random.Next(10))
        {
            case 0 or 1 or 2:
                await LookUpAsync();
                break;
            case 3 or 4 or 5 or 6:
                await StepAsync(_random.Next(_servers.Count));
                break;
            case 7:
                _time.Advance(TimeSpan.FromMilliseconds(100 * Math.Pow(10, _random.NextDouble() * 4)));
                break;
            case 8:
                _receivers.Arrive();
                break;
            default:
                await RareAsync();
                break;
        }
    }

    private async Task RareAsync()
    {
        switch (_random.Next(5))
        {
            case 0 when _isSkewed:
                _servers[_random.Next(_servers.Count)].Clock.Skew = TimeSpan.FromSeconds(_random.Next(-300, 300));
                break;
            case 1:
                _servers[_random.Next(_servers.Count)].Die();
                break;
            case 2:
                foreach (var server in _servers)
                    server.Die();
                _store.LosePower();
                break;
            case 3 when _recorded.Count > 0:
                var (access, authority) = _recorded.ElementAt(_random.Next(_recorded.Count));
                await _store.CommitAsync(
                    new Commit { Taken = new NoticesTaken(authority, [access], _time.GetUtcNow(), "a person") },
                    default
                );
                break;
            default:
                var id = _subscriptions.ElementAt(_random.Next(_subscriptions.Count)).Key;
                await _store.ResendAsync(id, _random.Next(1, 9), _random.Next(1, 9), _time.GetUtcNow(), default);
                break;
        }
    }

    private async Task StepAsync(int which)
    {
        if (_servers[which].IsDead)
        {
            _faults.AddRange(_servers[which].Faults);
            _servers[which] = Start();
        }

        var server = _servers[which];
        _receivers.Stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await server.StepAsync();
        await Task.WhenAny(server.Engine.WhenQuietAsync(), _receivers.Stalled.Task, _receivers.WaitFor(server));
    }

    private SimulatedServer Start() =>
        new(
            _store,
            _time,
            _directory,
            (server, sent) => _receivers.PostAsync(server, sent),
            _random.Next(),
            _receivers.AreRepaired ? 0 : _mortality
        )
        {
            Clock =
            {
                Skew = _receivers.AreRepaired || !_isSkewed ? TimeSpan.Zero : TimeSpan.FromSeconds(_random.Next(-5, 6)),
            },
        };

    private async Task SubscribeAsync(OdsCode authority)
    {
        var id = $"s{_subscriptions.Count + 1}";
        var habit = _random.GetItems(Enum.GetValues<Habit>(), 1)[0];
        var topic = _random.Next(3) == 0 ? Topic.MissedAppointment : Topic.RecordAccessed;
        _subscriptions.Add(id, (authority, topic));
        var body = $$"""{"resourceType":"Subscription","id":"{{id}}","meta":{},"status":"requested"}""";
        await _store.CommitAsync(
            new Commit
            {
                Changes =
                [
                    new Change(
                        new StoredResource
                        {
                            Type = RecordType.Subscription,
                            Id = id,
                            Version = 1,
                            LastUpdated = _time.GetUtcNow(),
                            Authority = authority,
                            Body = Encoding.UTF8.GetBytes(body),
                            Tokens = [SubscriptionDocument.StatusToken("requested")],
                            Subscription = new SubscriptionTerms
                            {
                                Status = SubscriptionStatus.Requested,
                                Topic = topic,
                                Endpoint = $"https://{id}.{habit}.example/{authority}",
                                MaxCount = _random.Next(1, 4),
                            },
                        },
                        0
                    ),
                ],
            },
            default
        );
    }

    private async Task LookUpAsync()
    {
        var authority = _random.GetItems(Authorities, 1)[0];
        var plan = new ShownPlan(authority, PlanTypes.LookedAfter, "e", 1, "f", 1);
        var id = $"o{++_born:D4}";
        await _store.RecordAsync(
            new Occurrence
            {
                Id = id,
                Kind = _random.Next(4) == 0 ? OccurrenceKind.MissedAppointment : OccurrenceKind.Access,
                Time = _time.GetUtcNow(),
                ClientId = "ed",
                Organisation = Setting,
                OrganisationName = "A department",
                CallerKind = CallerKind.Setting,
                Interaction = "Flag",
                Child = Children[_random.Next(Children.Length)],
                RequestId = "r",
                Shown = [plan],
                Obligations = [new Obligation(authority, [plan])],
            },
            default
        );
        _recorded.Add(id, authority);
        _time.Advance(TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Everything is well again, and there is time enough.</summary>
    private async Task RepairAsync()
    {
        foreach (var server in _servers)
            server.Die();
        _receivers.AreRepaired = true;
        _receivers.Arrive(all: true);
        foreach (var server in _servers)
            await server.Engine.WhenQuietAsync();
        for (var i = 0; i < _servers.Count; i++)
        {
            _faults.AddRange(_servers[i].Faults);
            _servers[i] = Start();
        }

        foreach (var id in _subscriptions.Keys)
            await AskAgainAsync(id);
        for (var round = 0; round < 80 && _subscriptions.Keys.Any(Waits); round++)
        {
            _time.Advance(round < 40 ? TimeSpan.FromSeconds(30) : TimeSpan.FromMinutes(61));
            for (var i = 0; i < _servers.Count; i++)
                await StepAsync(i);
        }
    }

    /// <summary>After a handshake that failed it is the client's turn.</summary>
    private async Task AskAgainAsync(string id)
    {
        var held = (await _store.ReadAsync(RecordType.Subscription, id, null, default))!;
        if (held.Subscription is not { Status: SubscriptionStatus.Error, Activated: false } terms)
            return;
        var asked = terms with { Status = SubscriptionStatus.Requested };
        var next = SubscriptionDocument.Next(held, asked, null, _time.GetUtcNow());
        await _store.CommitAsync(new Commit { Changes = [new Change(next, held.Version)] }, default);
    }

    private bool Waits(string subscription) =>
        _store.Obligations.Any(owed =>
            (owed.Authority, owed.Topic) == _subscriptions[subscription] && owed.Settled is null
        ) || _store.Events(subscription).Any(e => e.Delivered is null);

    private IEnumerable<string> Violations()
    {
        foreach (var fault in _faults.Concat(_servers.SelectMany(server => server.Faults)))
            yield return $"The engine failed: {fault}";
        foreach (var twice in _receivers.Twice)
            yield return $"{twice} had two attempts in progress, each under a lease.";
        var owed = _store.Obligations.ToDictionary(each => each.Occurrence);
        foreach (var (id, authority) in _recorded)
            if (!owed.ContainsKey(id))
                yield return $"{id} was recorded, and nobody owes it to {authority}.";
        var received = _receivers
            .Taken.SelectMany(post =>
                post.Events.SelectMany(e => e.References.Select(r => (post.Host, Access: r.Split('/')[^1])))
            )
            .ToList();
        foreach (var each in owed.Values)
        {
            var isSubscribed = _subscriptions.ContainsValue((each.Authority, each.Topic));
            // The first Subscription of each topic is its place of action, and none is ever off here.
            var place = _subscriptions
                .Where(s => s.Value == (each.Authority, each.Topic))
                .Select(s => s.Key)
                .Min(StringComparer.Ordinal);
            var isReceived = received.Exists(r =>
                r.Access == each.Occurrence && r.Host.StartsWith(place + ".", StringComparison.Ordinal)
            );
            if (each.Settled is null && isSubscribed)
                yield return $"{each.Occurrence} of {each.Authority} is still open when all is repaired.";
            if (each.Settled is not null && each.Taken is null && !isReceived)
                yield return $"{each.Occurrence} counts as told, and no receiver has it at the place of action.";
        }

        foreach (var (subscription, told) in _subscriptions)
        foreach (var violation in Violations(subscription, told, owed))
            yield return violation;
    }

    private IEnumerable<string> Violations(
        string subscription,
        (OdsCode Authority, Topic Topic) asked,
        Dictionary<string, ModelStore.Owed> owed
    )
    {
        var numbers = _store.Events(subscription).Select(e => e.Number).ToList();
        if (!numbers.SequenceEqual(Enumerable.Range(1, numbers.Count).Select(n => (long)n)))
            yield return $"The numbers of {subscription} are {string.Join(' ', numbers)}.";
        var posts = _receivers.Taken.Where(post => post.Subscription == subscription).ToList();
        if (posts.Exists(post => !post.Host.StartsWith(subscription + ".", StringComparison.Ordinal)))
            yield return $"An event of {subscription} went to another's endpoint.";
        var told = posts.SelectMany(post => post.Events).ToList();
        foreach (var access in told.SelectMany(e => e.References).Select(r => r.Split('/')[^1]).Distinct())
            if (owed.GetValueOrDefault(access) is not { } of || (of.Authority, of.Topic) != asked)
                yield return $"{subscription} of {asked} was told of {access}, which is not its own or of another topic.";
        foreach (var same in posts.Where(post => post.Events.Count > 0).GroupBy(post => post.Id))
            if (same.Select(Content).Distinct().Skip(1).Any())
                yield return $"{subscription} got the id {same.Key} for two contents.";
        foreach (var same in told.GroupBy(e => e.Number))
            if (same.Select(e => string.Join(' ', e.References.Order(StringComparer.Ordinal))).Distinct().Skip(1).Any())
                yield return $"{subscription} got the number {same.Key} for two events.";
        // Where none is refused, each comes first in its turn, whatever dies.
        var first = told.Select(e => e.Number).Distinct().ToList();
        if (
            !posts.Exists(post => post.Host.Contains("poisonous", StringComparison.OrdinalIgnoreCase))
            && !first.SequenceEqual(first.Order())
        )
            yield return $"{subscription} got its events in the order {string.Join(' ', first)}.";
    }

    private static string Content(
        (string Host, string Subscription, string Id, IReadOnlyList<NotifiedEvent> Events) post
    ) =>
        string.Join(
            ';',
            post.Events.Select(e => $"{e.Number} {string.Join(',', e.References.Order(StringComparer.Ordinal))}")
        );
}
