using System.Globalization;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// A store of some kind that numbers its open obligations in an order of its own: one Subscription has events of some of them
/// and another of others, as a seed decides.
/// </summary>
internal sealed class ForeignNumbering
{
    private static readonly string[] Subscriptions = ["s1", "s2", "s3"];
    private readonly List<PortableOccurrence> _occurrences;
    private readonly List<PortableEvent> _events;
    private readonly int _limit;

    public ForeignNumbering(int seed)
    {
        var random = new Random(seed);
        _occurrences = [.. Enumerable.Range(1, random.Next(1, 40)).Select(i => Occurrence(i, random))];
        _events = [.. Subscriptions.SelectMany(s => Events(s, random))];
        _limit = random.Next(1, 6);
        Source = new MadeSource([
            .. Subscriptions.Select(s => new PortableResource(Make.Subscription(s), [])),
            .. _occurrences,
            .. Subscriptions.Select(s => Ledger(s, _events.Count(e => e.SubscriptionId == s))),
            .. _events,
            new PortableStamp(0),
        ]);
    }

    public MadeSource Source { get; }

    /// <summary>Numbers what is left, and sees that each Subscription has told of everything open, once.</summary>
    public async Task CheckAsync(IExchangeStore store, CancellationToken cancellation)
    {
        while (await store.NumberObligationsAsync(Make.Noon, default, _limit, cancellation) > 0) { }

        var open = _occurrences.Where(o => o.Obligations[0].Settled is null).Select(o => o.Occurrence.Id).ToList();
        foreach (var subscription in Subscriptions)
        {
            var told = await store.ReadEventsAsync(subscription, 1, long.MaxValue, 1_000, cancellation);
            told.Select(e => e.Number).Should().Equal(Enumerable.Range(1, told.Count).Select(n => (long)n));
            var before = _events.Where(e => e.SubscriptionId == subscription).ToList();
            told.Take(before.Count).Select(e => e.Occurrences[0]).Should().Equal(before.Select(e => e.Occurrences[0]));
            var after = told.Skip(before.Count).Select(e => e.Occurrences.Single()).ToList();
            after.Should().BeEquivalentTo(open.Except(before.Select(e => e.Occurrences[0])));
        }
    }

    public static PortableEvent Event(
        string subscription,
        long number,
        string occurrence,
        DateTimeOffset? time = null
    ) => new(subscription, number, time ?? Make.Noon, [occurrence], Fence: 0, Delivered: null);

    public static PortableLedger Ledger(string subscription, long last) =>
        new(subscription, Make.Herts, last, Fence: 3, Turn: 1, Next: Make.Noon, SendingState.Sound, LastTaken: null);

    private static PortableOccurrence Occurrence(int i, Random random)
    {
        var id = i.ToString("D4", CultureInfo.InvariantCulture);
        var access = Make.Access(id, Make.Noon.AddMinutes(i), Make.Child(i), authorities: Make.Herts);
        return new PortableOccurrence(
            access,
            [
                random.Next(4) == 0
                    ? new PortableObligation(Make.Herts, Make.Noon.AddMinutes(i), [])
                    : new PortableObligation(Make.Herts, null, [.. Subscriptions.Where(_ => random.Next(2) == 0)]),
            ]
        );
    }

    /// <summary>Numbered in any order.</summary>
    private IEnumerable<PortableEvent> Events(string subscription, Random random)
    {
        var numbered = _occurrences.Where(o => o.Obligations[0].NumberedOn.Contains(subscription)).ToArray();
        random.Shuffle(numbered);
        return numbered.Select((o, i) => Event(subscription, i + 1, o.Occurrence.Id, o.Occurrence.Time));
    }
}
