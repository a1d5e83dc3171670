using System.Globalization;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// A store of another kind numbers its open obligations in another order, so that one Subscription may have events of some
/// and another of others. Whatever it was at, the copy goes on from there: each gets what it lacks, and nothing twice.
/// </summary>
public sealed class ForeignNumberingTests : IDisposable
{
    private static readonly string[] Subscriptions = ["s1", "s2", "s3"];
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_Subscription_gets_the_events_that_it_lacks_and_none_again(int seed)
    {
        var random = new Random(seed);
        var occurrences = Enumerable.Range(1, random.Next(1, 40)).Select(i => Occurrence(i, random)).ToList();
        var events = Subscriptions.SelectMany(s => Events(s, occurrences, random)).ToList();
        var source = new MadeSource([
            .. Subscriptions.Select(s => new PortableResource(Make.Subscription(s), [])),
            .. occurrences,
            .. Subscriptions.Select(s => Ledger(s, events.Count(e => e.SubscriptionId == s))),
            .. events,
            new PortableStamp(0),
        ]);
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"])))
            (await Copying.RunAsync(source, target, _time, Cancellation)).IsSound.Should().BeTrue();
        // And once more, out of the embedded store, while its numbering is still another's.
        (await Copying.RunAsync(_folder["target"], _folder["again"], _time, Cancellation))
            .IsSound.Should()
            .BeTrue();

        await using var store = await Copying.OpenAsync(_folder["again"], _time, Cancellation);
        var limit = random.Next(1, 6);
        while (await store.NumberObligationsAsync(Make.Noon, default, default, limit, Cancellation) > 0) { }

        var open = occurrences.Where(o => o.Obligations[0].Settled is null).Select(o => o.Occurrence.Id).ToList();
        foreach (var subscription in Subscriptions)
        {
            var told = await store.ReadEventsAsync(subscription, 1, long.MaxValue, 1_000, Cancellation);
            told.Select(e => e.Number).Should().Equal(Enumerable.Range(1, told.Count).Select(n => (long)n));
            var before = events.Where(e => e.SubscriptionId == subscription).ToList();
            told.Take(before.Count).Select(e => e.Occurrences[0]).Should().Equal(before.Select(e => e.Occurrences[0]));
            var after = told.Skip(before.Count).Select(e => e.Occurrences.Single()).ToList();
            after.Should().BeEquivalentTo(open.Except(before.Select(e => e.Occurrences[0])));
        }
    }

    [Fact]
    public async Task A_delivered_event_whose_occurrence_is_gone_stays_as_it_is()
    {
        var told = Event("s1", 1, "gone") with { Delivered = Make.Noon };
        var source = new MadeSource([
            new PortableResource(Make.Subscription("s1"), []),
            Ledger("s1", 1),
            told,
            new PortableStamp(0),
        ]);

        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"])))
            (await Copying.RunAsync(source, target, _time, Cancellation)).IsSound.Should().BeTrue();

        await using var store = await Copying.OpenAsync(_folder["target"], _time, Cancellation);
        (await store.ReadEventsAsync("s1", 1, 9, 9, Cancellation)).Single().Occurrences.Should().Equal("gone");
        (await store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
    }

    [Fact]
    public async Task An_undelivered_event_of_which_nothing_was_copied_stops_the_copy()
    {
        var source = new MadeSource([
            new PortableResource(Make.Subscription("s1"), []),
            Ledger("s1", 1),
            Event("s1", 1, "lost"),
        ]);
        await using var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"]));

        var copy = () => Copying.RunAsync(source, target, _time, Cancellation);

        (await copy.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*Event 1*s1*lost*");
    }

    public void Dispose() => _folder.Dispose();

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
    private static IEnumerable<PortableEvent> Events(
        string subscription,
        List<PortableOccurrence> occurrences,
        Random random
    )
    {
        var numbered = occurrences.Where(o => o.Obligations[0].NumberedOn.Contains(subscription)).ToArray();
        random.Shuffle(numbered);
        return numbered.Select((o, i) => Event(subscription, i + 1, o.Occurrence.Id, o.Occurrence.Time));
    }

    private static PortableEvent Event(
        string subscription,
        long number,
        string occurrence,
        DateTimeOffset? time = null
    ) =>
        new(
            subscription,
            number,
            time ?? Make.Noon,
            [occurrence],
            Due: Make.Noon,
            Lease: null,
            Fence: 0,
            Attempts: 0,
            Delivered: null
        );

    private static PortableLedger Ledger(string subscription, long last) =>
        new(subscription, Make.Herts, last, Fence: 3, Turn: 1, FailingSince: null, LastError: null, LastTaken: null);
}
