using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Retention;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What has been kept long enough goes, a little at a time, and nothing goes that somebody must still be told of.</summary>
public abstract class RetentionContract : StoreContract
{
    private static readonly DateTimeOffset Later = Make.Noon.AddDays(1);

    private IRetentionStore Retention => Store.Retention;

    [Fact]
    public async Task Old_occurrences_are_gone_from_reads_searches_and_history_and_later_ones_stay()
    {
        await SettledHitAsync("old", At(1));
        await SettledHitAsync("young", At(9));
        await Occurrences.RecordAsync(Make.Access("miss", At(2)), Cancellation);
        await Occurrences.RecordAsync(
            Make.Access("upload", At(3)) with
            {
                Kind = OccurrenceKind.Upload,
                Child = null,
            },
            Cancellation
        );
        await Retention.RemoveEventsAsync(Later, 100, Cancellation);

        (await Retention.RemoveOccurrencesAsync(At(9), 100, Cancellation)).Should().Be(3);
        await Store.ReopenAsync();

        foreach (var id in new[] { "old", "miss", "upload" })
            (await Occurrences.ReadOccurrenceAsync(id, Cancellation)).Should().BeNull();
        (await FoundAsync(new OccurrenceQuery())).Should().Equal("young");
        (await FoundAsync(new OccurrenceQuery { Child = Make.Child(1) })).Should().Equal("young");
        (await FoundAsync(new OccurrenceQuery { Concerning = Make.Herts })).Should().Equal("young");
        (await FoundAsync(new OccurrenceQuery { Kind = OccurrenceKind.Upload })).Should().BeEmpty();
        var history = await Occurrences.ReadHistoryAsync(
            Make.Child(1),
            "x",
            Make.Noon,
            25,
            DateTimeOffset.MaxValue,
            Cancellation
        );
        history.Select(o => o.Id).Should().Equal("young");
    }

    [Fact]
    public async Task An_occurrence_with_an_open_obligation_stays_and_keeps_no_other_from_going()
    {
        await SaveAsync(Make.Subscription("s"));
        for (var i = 0; i < 4; i++)
            await Occurrences.RecordAsync(Hit($"open{i}", At(i), i, Make.Essex), Cancellation);
        await Occurrences.RecordAsync(Hit("half", At(4), 5, Make.Essex, Make.Herts), Cancellation);
        await NumberAsync();
        await SettleAllAsync();
        await Occurrences.RecordAsync(Make.Access("miss", At(6)), Cancellation);
        await Retention.RemoveEventsAsync(Later, 100, Cancellation);

        (await Retention.RemoveOccurrencesAsync(Later, 2, Cancellation)).Should().Be(1);

        (await FoundAsync(new OccurrenceQuery())).Should().Equal("half", "open3", "open2", "open1", "open0");
        (await Notifications.ReadOpenObligationsAsync(Make.Essex, Cancellation)).Should().Be((5, At(0)));
    }

    [Fact]
    public async Task An_occurrence_that_another_Subscriptions_undelivered_event_names_stays_until_it_is_delivered()
    {
        await SaveAsync(Make.Subscription("fast"), Make.Subscription("slow"));
        await Occurrences.RecordAsync(Hit("o", At(1), 1, Make.Herts), Cancellation);
        await NumberAsync();
        var deliveries = await ClaimAsync();
        await Notifications.SettleAsync(deliveries.Single(d => d.SubscriptionId == "fast"), At(2), Cancellation);
        await Retention.RemoveEventsAsync(Later, 100, Cancellation);

        (await Retention.RemoveOccurrencesAsync(Later, 100, Cancellation)).Should().Be(0);
        (await EventsAsync("slow")).Single().Occurrences.Should().Equal("o");
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().NotBeNull();

        await Notifications.SettleAsync(deliveries.Single(d => d.SubscriptionId == "slow"), At(3), Cancellation);
        await Retention.RemoveEventsAsync(Later, 100, Cancellation);
        (await Retention.RemoveOccurrencesAsync(Later, 100, Cancellation)).Should().Be(1);
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task Occurrences_go_oldest_first_a_bite_at_a_time_and_a_repeat_is_harmless()
    {
        for (var i = 0; i < 5; i++)
            await Occurrences.RecordAsync(Make.Access($"o{i}", At(i)), Cancellation);

        (await Retention.RemoveOccurrencesAsync(At(4), 2, Cancellation)).Should().Be(2);
        (await FoundAsync(new OccurrenceQuery())).Should().Equal("o4", "o3", "o2");
        (await Retention.RemoveOccurrencesAsync(At(4), 2, Cancellation)).Should().Be(2);
        (await Retention.RemoveOccurrencesAsync(At(4), 2, Cancellation)).Should().Be(0);
        (await FoundAsync(new OccurrenceQuery())).Should().Equal("o4");
    }

    [Fact]
    public async Task What_happens_after_everything_was_removed_is_numbered_and_told_as_ever()
    {
        await SettledHitAsync("o1", At(1));
        await Retention.RemoveEventsAsync(Later, 100, Cancellation);
        (await Retention.RemoveOccurrencesAsync(Later, 100, Cancellation)).Should().Be(1);

        await Occurrences.RecordAsync(Hit("o2", At(2), 1, Make.Herts), Cancellation);
        (await NumberAsync()).Should().Be(1);

        var told = (await ClaimAsync()).Single().Events.Single();
        (told.Number, told.Occurrences.Single()).Should().Be((2, "o2"));
    }

    [Fact]
    public async Task Delivered_events_go_and_undelivered_ones_stay_with_their_numbers()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 3));
        for (var i = 1; i <= 7; i++)
            await Occurrences.RecordAsync(Hit($"o{i}", At(i), i, Make.Herts), Cancellation);
        await NumberAsync();
        await Notifications.SettleAsync((await ClaimAsync()).Single(), At(10), Cancellation);
        await Notifications.SettleAsync((await ClaimAsync()).Single(), At(12), Cancellation);
        var failed = (await ClaimAsync()).Single();
        await Notifications.RescheduleAsync(failed, At(13), At(999), "503", Cancellation);

        (await Retention.RemoveEventsAsync(At(12), 2, Cancellation)).Should().Be(2);
        (await Retention.RemoveEventsAsync(At(12), 2, Cancellation)).Should().Be(1);
        (await Retention.RemoveEventsAsync(At(12), 2, Cancellation)).Should().Be(0);
        (await EventsAsync("s")).Select(e => e.Number).Should().Equal(4, 5, 6, 7);

        (await Retention.RemoveEventsAsync(Later, 100, Cancellation)).Should().Be(3);
        await Store.ReopenAsync();
        (await EventsAsync("s")).Select(e => e.Number).Should().Equal(7);
        (await EventsAsync("s")).SelectMany(e => e.Occurrences).Should().Equal("o7");
        var ledger = await Notifications.ReadLedgerAsync("s", Cancellation);
        (ledger.EventCount, ledger.Undelivered, ledger.OldestUndelivered).Should().Be((7, 1, At(7)));
    }

    [Fact]
    public async Task A_limit_of_events_counts_those_that_are_left_and_numbers_go_on()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 3));
        for (var i = 1; i <= 3; i++)
            await Occurrences.RecordAsync(Hit($"o{i}", At(i), i, Make.Herts), Cancellation);
        await NumberAsync();
        await SettleAllAsync();
        (await Retention.RemoveEventsAsync(Later, 100, Cancellation)).Should().Be(3);
        for (var i = 4; i <= 6; i++)
            await Occurrences.RecordAsync(Hit($"o{i}", At(i), i, Make.Herts), Cancellation);
        await NumberAsync();

        var left = await Notifications.ReadEventsAsync("s", 1, long.MaxValue, 2, Cancellation);

        left.Select(e => e.Number).Should().Equal(4, 5);
    }

    [Fact]
    public async Task Versions_that_are_not_current_go_when_they_were_written_before_and_the_current_one_never_does()
    {
        for (var version = 1; version <= 3; version++)
            await SaveAsync(
                Make.Resource("e", version: version, updated: At(version), tokens: $"v={version}"),
                Make.Resource("p", RecordType.Patient, version: version, updated: At(version + 10))
            );

        (await Retention.RemoveVersionsAsync(At(12), 1, Cancellation)).Should().Be(1);
        (await Retention.RemoveVersionsAsync(At(12), 9, Cancellation)).Should().Be(2);
        (await Retention.RemoveVersionsAsync(At(12), 9, Cancellation)).Should().Be(0);

        (await VersionsAsync(RecordType.EpisodeOfCare, "e")).Should().Equal(3);
        (await VersionsAsync(RecordType.Patient, "p")).Should().Equal(2, 3);
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation))!.Tokens.Should().Equal("v=3");
        await SaveAsync(Make.Resource("e", version: 4, updated: At(4)));
        (await VersionsAsync(RecordType.EpisodeOfCare, "e")).Should().Equal(3, 4);
    }

    [Fact]
    public async Task Expired_answers_and_one_time_values_go_and_the_others_hold()
    {
        var (early, late) = (Make.Noon.AddMinutes(5), Make.Noon.AddHours(24));
        for (var i = 0; i < 3; i++)
        {
            await Records.CommitAsync(new Commit { Answer = Make.Answer($"old{i}", expires: early) }, Cancellation);
            await Registrations.TryUseOnceAsync("jti", $"old{i}", early, Cancellation);
        }

        await Records.CommitAsync(new Commit { Answer = Make.Answer("new", expires: late) }, Cancellation);
        await Registrations.TryUseOnceAsync("jti", "new", late, Cancellation);
        (await Retention.RemoveExpiredAsync(100, Cancellation)).Should().Be(0);
        Time.Advance(TimeSpan.FromMinutes(5) + IRetentionStore.ExpiredKeptFor - TimeSpan.FromMilliseconds(1));
        (await Retention.RemoveExpiredAsync(100, Cancellation)).Should().Be(0, "the clocks of two servers differ");
        Time.Advance(TimeSpan.FromMilliseconds(1));

        (await Retention.RemoveExpiredAsync(4, Cancellation)).Should().Be(4);
        (await Retention.RemoveExpiredAsync(4, Cancellation)).Should().Be(2);
        (await Retention.RemoveExpiredAsync(4, Cancellation)).Should().Be(0);
        (await Records.ReadAnswerAsync("herts", "new", Cancellation)).Should().NotBeNull();
        (await Registrations.TryUseOnceAsync("jti", "new", late, Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task Eight_who_remove_at_once_remove_each_thing_once_while_others_write()
    {
        for (var i = 0; i < 60; i++)
            await Occurrences.RecordAsync(Make.Access($"o{i}", At(i)), Cancellation);

        var removed = await RaceAsync(
            16,
            async worker =>
            {
                var count = 0;
                for (var i = 0; i < 5; i++)
                    if (worker % 2 == 0)
                        count += await Retention.RemoveOccurrencesAsync(At(60), 4, Cancellation);
                    else
                        await Occurrences.RecordAsync(Make.Access($"new{worker}-{i}", At(90)), Cancellation);
                return count;
            }
        );
        var rest = await Retention.RemoveOccurrencesAsync(At(60), 100, Cancellation);

        (removed.Sum() + rest).Should().Be(60);
        (await Occurrences.SearchOccurrencesAsync(new OccurrenceQuery { Count = 0 }, Cancellation))
            .Total.Should()
            .Be(40);
    }

    private static Occurrence Hit(string id, DateTimeOffset time, int child, params Core.OdsCode[] authorities) =>
        Make.Access(id, time, Make.Child(child), authorities: authorities);

    private async Task SettledHitAsync(string id, DateTimeOffset time)
    {
        if (await Records.ReadAsync(RecordType.Subscription, "s", null, Cancellation) is null)
            await SaveAsync(Make.Subscription("s"));
        await Occurrences.RecordAsync(Hit(id, time, 1, Make.Herts), Cancellation);
        await NumberAsync();
        await SettleAllAsync();
    }

    private Task<int> NumberAsync() =>
        Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, 1000, Cancellation);

    private Task<IReadOnlyList<Delivery>> ClaimAsync() =>
        Notifications.ClaimDueAsync(Make.Noon, TimeSpan.FromMinutes(1), 100, Cancellation);

    private async Task SettleAllAsync()
    {
        foreach (var delivery in await ClaimAsync())
            await Notifications.SettleAsync(delivery, Make.Noon, Cancellation);
    }

    private Task<IReadOnlyList<NotificationEvent>> EventsAsync(string subscription) =>
        Notifications.ReadEventsAsync(subscription, 1, 1000, 1000, Cancellation);

    private async Task<IEnumerable<string>> FoundAsync(OccurrenceQuery query) =>
        (await Occurrences.SearchOccurrencesAsync(query, Cancellation)).Items.Select(o => o.Id);

    private async Task<List<int>> VersionsAsync(RecordType type, string id)
    {
        var versions = new List<int>();
        for (var version = 1; version <= 4; version++)
            if (await Records.ReadAsync(type, id, version, Cancellation) is { } found)
                versions.Add(found.Version);
        return versions;
    }

    private static DateTimeOffset At(int minute) => Make.Noon.AddMinutes(minute);
}
