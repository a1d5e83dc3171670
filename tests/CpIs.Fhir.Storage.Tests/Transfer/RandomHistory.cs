using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// The notification engine's work on one store or on several in step: hits, numbering, claims, deliveries, failures, and
/// Subscriptions that come, go and come back, as a seed decides. Every answer of one store must be that of the others.
/// </summary>
internal sealed class RandomHistory(int seed, CancellationToken cancellation)
{
    private static readonly OdsCode[] Authorities = [Make.Herts, Make.Essex];
    private static readonly string[] Subscriptions =
    [
        "herts-1",
        "herts-2",
        "herts-3",
        "essex-1",
        "essex-2",
        "essex-inbox",
    ];
    private static readonly OccurrenceKind[] Kinds =
    [
        OccurrenceKind.Access,
        OccurrenceKind.Access,
        OccurrenceKind.MissedAppointment,
        OccurrenceKind.InactiveNumber,
        OccurrenceKind.Upload,
    ];
    private static readonly NoticeState[] States = [NoticeState.Untold, NoticeState.Told, NoticeState.Taken];
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, int> _versions = [];
    private readonly List<Delivery> _held = [];
    private int _hits;

    public DateTimeOffset Now { get; private set; } = Make.Noon;

    /// <summary>Some steps on all of the stores.</summary>
    public async Task RunAsync(int steps, params IReadOnlyList<IExchangeStore> stores)
    {
        for (var i = 0; i < steps; i++)
            await StepAsync(stores);
        // A store is copied while no server runs on it.
        foreach (var held in _held)
            await EachAsync(stores, s => s.GiveBackAsync(held, new SendingEnd(held.State, Now), cancellation));
        _held.Clear();
    }

    /// <summary>What the engine shows of a store.</summary>
    public async Task<string> ShowAsync(IExchangeStore store)
    {
        var shown = new List<object>();
        foreach (var id in Subscriptions)
        {
            shown.Add(await store.ReadLedgerAsync(id, cancellation));
            shown.Add(await store.ReadEventsAsync(id, 1, long.MaxValue, 10_000, cancellation));
            shown.Add(await store.FindDeliveredUntoldAsync(id, 10_000, cancellation));
        }

        foreach (var authority in Authorities)
        {
            var (count, oldest) = await store.ReadOpenObligationsAsync(authority, cancellation);
            shown.Add(
                new
                {
                    authority.Value,
                    count,
                    oldest,
                }
            );
            shown.Add(
                await store.ReadNoticesAsync(new NoticeQuery(authority, States, null, null, 10_000), cancellation)
            );
        }

        shown.Add((await store.ReadUntoldAsync(cancellation)).OrderBy(untold => untold.Authority));

        return JsonSerializer.Serialize(shown);
    }

    private async Task StepAsync(IReadOnlyList<IExchangeStore> stores)
    {
        Now += TimeSpan.FromSeconds(_random.Next(0, 90));
        switch (_random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                var access = Hit();
                await EachAsync(stores, store => Done(store.RecordAsync(access, cancellation)));
                break;
            case 4 or 5:
                var limit = _random.Next(1, 6);
                await EachAsync(stores, store => Done(NumberAsync(store, limit)));
                break;
            case 6 or 7:
                var most = _random.Next(1, 4);
                var lease = TimeSpan.FromSeconds(_random.Next(10, 120));
                _held.AddRange(await EachAsync(stores, s => s.ClaimDueAsync(Now, lease, most, cancellation)));
                break;
            case 8 when _held.Count > 0:
                var (delivered, tells) = (Take(), _random.Next(3) > 0);
                await EachAsync(stores, store => store.SettleAsync(delivered, Now, cancellation, tells));
                break;
            case 9 when _held.Count > 0:
                var failed = Take();
                var due = Now.AddSeconds(_random.Next(0, 200));
                await EachAsync(stores, s => s.RescheduleAsync(failed, Now, due, "503", cancellation));
                break;
            case 10:
                var resource = Move(_random.GetItems(Subscriptions, 1)[0]);
                await EachAsync(stores, store => store.CommitAsync(Make.Commit(resource), cancellation));
                break;
            case 11 when _hits > 0:
                var taken = Taken();
                await EachAsync(stores, store => store.CommitAsync(taken, cancellation));
                break;
            case 12:
                var (again, from) = (_random.GetItems(Subscriptions, 1)[0], _random.Next(1, 20));
                await EachAsync(stores, store => store.ResendAsync(again, from, from + 3, Now, cancellation));
                break;
            default:
                var id = _random.GetItems(Subscriptions, 1)[0];
                await EachAsync(stores, store => Done(store.MakeDueAsync(id, Now, cancellation)));
                break;
        }
    }

    private Occurrence Hit() =>
        Make.Access(
            IdOf(++_hits),
            Now,
            Make.Child(_random.Next(3)),
            _random.Next(2) == 0 ? "555000000001" : "555000000002",
            authorities: [.. Authorities.Where(_ => _random.Next(3) > 0)]
        ) with
        {
            Kind = _random.GetItems(Kinds, 1)[0],
        };

    private StoredResource Move(string id)
    {
        var version = _versions[id] = _versions.GetValueOrDefault(id) + 1;
        return Make.Subscription(
            id,
            id.StartsWith("herts", StringComparison.Ordinal) ? Make.Herts : Make.Essex,
            _random.Next(3) == 0 ? SubscriptionStatus.Off : SubscriptionStatus.Active,
            version,
            _random.Next(1, 4),
            id.EndsWith("inbox", StringComparison.Ordinal) ? ChannelKind.Inbox : ChannelKind.RestHook,
            id switch
            {
                "herts-3" => Topic.MissedAppointment,
                "essex-2" => Topic.UploadProcessed,
                _ => Topic.RecordAccessed,
            }
        );
    }

    /// <summary>A person of an authority acknowledges some of the look-ups, whosever they are and however often.</summary>
    private Commit Taken()
    {
        var by = Make.Access($"by-{Now:yyyyMMddHHmmss}-{_random.Next():D10}", Now);
        return new Commit
        {
            Occurrence = by,
            Taken = new NoticesTaken(
                _random.GetItems(Authorities, 1)[0],
                [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => IdOf(_random.Next(1, _hits + 1))).Distinct()],
                Now,
                by.Id
            ),
        };
    }

    private static string IdOf(int hit) => hit.ToString("D6", CultureInfo.InvariantCulture);

    private Delivery Take()
    {
        var held = _held[_random.Next(_held.Count)];
        // Some are ended twice, and some after another has taken them over.
        if (_random.Next(3) > 0)
            _held.Remove(held);
        return held;
    }

    /// <summary>Until nothing is left: how many obligations a call looks at is the store's own affair.</summary>
    private async Task NumberAsync(IExchangeStore store, int limit)
    {
        while (await store.NumberObligationsAsync(Now, TimeSpan.FromSeconds(1), limit, cancellation) > 0) { }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private static async Task<T> EachAsync<T>(IReadOnlyList<IExchangeStore> stores, Func<IExchangeStore, Task<T>> run)
    {
        var answers = new List<T>();
        foreach (var store in stores)
            answers.Add(await run(store));
        answers
            .Select(answer => JsonSerializer.Serialize(answer))
            .Distinct()
            .Should()
            .ContainSingle("the stores answer alike");
        return answers[0];
    }
}
