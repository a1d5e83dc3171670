using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What authorities have not been told of and have not taken; inboxes, what is sent again, and the ledger of attempts.</summary>
public abstract class WorklistContract : StoreContract
{
    private static readonly NoticeState[] Untold = [NoticeState.Untold];
    private static readonly NoticeState[] All = [NoticeState.Untold, NoticeState.Told, NoticeState.Taken];

    [Fact]
    public async Task An_authority_without_a_Subscription_stands_there_from_the_start()
    {
        await HitAsync("o1", 3);
        await HitAsync("o2", 1, Make.Herts, Make.Essex);
        await Occurrences.RecordAsync(Make.Access("miss"), Cancellation);

        (await Store.Worklists.ReadUntoldAsync(Cancellation))
            .Should()
            .BeEquivalentTo([new UntoldNotices(Make.Herts, 2, At(1)), new UntoldNotices(Make.Essex, 1, At(1))]);
        (await ReadAsync(Untold)).Select(notice => notice.OccurrenceId).Should().Equal("o2", "o1");
    }

    [Fact]
    public async Task Notices_come_by_age_a_page_at_a_time_each_once()
    {
        for (var i = 0; i < 7; i++)
            await HitAsync($"o{i}", i / 2);

        foreach (var states in new[] { Untold, All })
        {
            var read = new List<string>();
            PagePosition? after = null;
            do
            {
                var page = await Store.Worklists.ReadNoticesAsync(
                    new NoticeQuery(Make.Herts, states, null, after, 3),
                    Cancellation
                );
                page.Items.Count.Should().BeLessThanOrEqualTo(3);
                read.AddRange(page.Items.Select(notice => notice.OccurrenceId));
                after = page.Next;
            } while (after is not null);

            read.Should().Equal(Enumerable.Range(0, 7).Select(i => $"o{i}"));
        }
    }

    [Fact]
    public async Task What_was_delivered_is_told_and_what_a_person_acknowledged_is_taken()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 1);
        await NumberAsync();
        await DeliverAsync();
        await HitAsync("o2", 2);
        await HitAsync("o3", 3);

        await TakeAsync(9, "o1", "o2");

        var notices = await ReadAsync(All);
        notices.Select(n => n.State).Should().Equal(NoticeState.Taken, NoticeState.Taken, NoticeState.Untold);
        notices[0].Should().Be(new Notice("o1", At(1), At(5), At(9), "by-9"));
        notices[1].Should().Be(new Notice("o2", At(2), At(9), At(9), "by-9"));
        (await Occurrences.ReadOccurrenceAsync("by-9", Cancellation))!.Person!.Name.Should().Be("Ann Example");
        (await Store.Worklists.ReadUntoldAsync(Cancellation)).Single().Count.Should().Be(1);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
        (await ReadAsync([NoticeState.Told])).Should().BeEmpty();
        (await ReadAsync([NoticeState.Taken], At(2))).Select(n => n.OccurrenceId).Should().Equal("o2");
    }

    [Fact]
    public async Task What_is_taken_stays_as_it_is_and_nobody_takes_what_is_anothers()
    {
        await HitAsync("o1", 1, Make.Herts, Make.Essex);
        await TakeAsync(5, "o1");
        (await TryTakeAsync(7, "o1")).Should().Be(CommitOutcome.Conflict);
        (await TryTakeAsync(8, "unknown")).Should().Be(CommitOutcome.Conflict);
        (await Occurrences.ReadOccurrenceAsync("by-7", Cancellation)).Should().BeNull("nothing of it is stored");

        (await ReadAsync(All)).Single().Taken.Should().Be(At(5));
        (await Store.Worklists.ReadUntoldAsync(Cancellation)).Single().Authority.Should().Be(Make.Essex);
        (await Store.Worklists.FindNoticesAsync(Make.Essex, ["o1", "unknown"], Cancellation))
            .Should()
            .Equal(new Notice("o1", At(1), null, null, null));
    }

    [Fact]
    public async Task What_was_taken_before_it_was_numbered_gets_no_event()
    {
        await HitAsync("o1", 1);
        await TakeAsync(2, "o1");
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o2", 3);
        await TakeAsync(4, "o2");
        await HitAsync("o3", 5);

        await NumberAsync();

        (await EventsAsync("s")).SelectMany(e => e.Occurrences).Should().Equal("o3");
    }

    [Fact]
    public async Task Nothing_is_sent_of_an_inbox_and_an_acknowledgement_settles_what_it_holds()
    {
        await SaveAsync(Make.Subscription("in", channel: ChannelKind.Inbox), Make.Subscription("hook"));
        await HitAsync("o1", 1);
        await HitAsync("o2", 2);
        await NumberAsync();

        (await Notifications.ClaimDueAsync(At(9), TimeSpan.FromMinutes(1), 10, Cancellation))
            .Select(delivery => delivery.SubscriptionId)
            .Should()
            .Equal("hook");
        await TakeAsync(8, "o2");

        (await EventsAsync("in")).Select(e => e.Delivered).Should().Equal(null, At(8));
        (await EventsAsync("hook")).Select(e => e.Delivered).Should().OnlyContain(delivered => delivered == null);
        (await Notifications.ReadLedgerAsync("in", Cancellation)).Undelivered.Should().Be(1);
        await Notifications.MakeDueAsync("in", At(9), Cancellation);
        (await Notifications.ResendAsync("in", 1, 9, At(9), Cancellation)).Should().Be(0);
        (await Notifications.ClaimDueAsync(At(10), TimeSpan.FromMinutes(1), 10, Cancellation))
            .Should()
            .NotContain(delivery => delivery.SubscriptionId == "in");
    }

    [Fact]
    public async Task What_comes_later_in_an_attendance_joins_no_event_that_an_inbox_may_have_shown()
    {
        await SaveAsync(Make.Subscription("in", channel: ChannelKind.Inbox), Make.Subscription("hook"));
        await HitAsync("o1", 1);
        await NumberAsync();
        await Occurrences.RecordAsync(
            Make.Access("later1", At(3), Make.Child('1'), authorities: Make.Herts),
            Cancellation
        );
        await NumberAsync();

        (await EventsAsync("in")).Select(e => string.Join(',', e.Occurrences)).Should().Equal("o1", "later1");
        (await EventsAsync("hook")).Select(e => string.Join(',', e.Occurrences)).Should().Equal("o1,later1");
    }

    [Fact]
    public async Task A_range_is_sent_again_and_what_it_told_of_stays_told()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 10));
        for (var i = 1; i <= 4; i++)
            await HitAsync($"o{i}", i);
        await NumberAsync();
        await DeliverAsync();
        (await Notifications.ReadNextDueAsync(Cancellation)).Should().BeNull();

        (await Notifications.ResendAsync("s", 2, 3, At(9), Cancellation)).Should().Be(2);

        (await Store.Worklists.ReadUntoldAsync(Cancellation)).Should().BeEmpty();
        (await Store.Retention.RemoveOccurrencesAsync(At(1_000), 100, Cancellation))
            .Should()
            .BeLessThanOrEqualTo(2, "what is to be sent is kept");
        var again = (await Notifications.ClaimDueAsync(At(9), TimeSpan.FromMinutes(1), 10, Cancellation)).Single();
        again.Events.Select(e => e.Number).Should().Equal(2, 3);
        await Notifications.SettleAsync(again, At(10), Cancellation);
        (await EventsAsync("s")).Select(e => e.Delivered).Should().Equal(At(5), At(10), At(10), At(5));
    }

    [Fact]
    public async Task Attempts_are_kept_the_latest_first_and_removed_when_they_are_old()
    {
        var attempts = Enumerable
            .Range(0, 5)
            .Select(i => new DeliveryAttempt(
                $"a{i}",
                i == 4 ? "other" : "s",
                At(i / 2),
                "server",
                i == 0 ? NotificationType.Handshake : NotificationType.EventNotification,
                i == 0 ? null : i,
                i == 0 ? 0 : 2,
                i == 1 ? null : 503,
                TimeSpan.FromMilliseconds(12),
                i == 2 ? null : "no-response: nobody"
            ))
            .ToList();
        await Store.Attempts.AddAttemptsAsync(attempts, Cancellation);
        await Store.Attempts.AddAttemptsAsync([attempts[0]], Cancellation);

        var read = await Store.Attempts.ReadAttemptsAsync("s", null, 3, Cancellation);
        read.Should().Equal(attempts[3], attempts[2], attempts[1]);
        var rest = new PagePosition(read[^1].Time, read[^1].Id);
        (await Store.Attempts.ReadAttemptsAsync("s", rest, 3, Cancellation)).Should().Equal(attempts[0]);

        (await Store.Retention.RemoveAttemptsAsync(At(1), 100, Cancellation)).Should().Be(2);
        (await Store.Attempts.ReadAttemptsAsync("s", null, 9, Cancellation)).Should().HaveCount(2);
    }

    private Task HitAsync(string id, int minute, params OdsCode[] authorities) =>
        Occurrences.RecordAsync(
            Make.Access(
                id,
                At(minute),
                Make.Child(id[^1]),
                authorities: authorities.Length == 0 ? [Make.Herts] : authorities
            ),
            Cancellation
        );

    private async Task<IReadOnlyList<Notice>> ReadAsync(NoticeState[] states, DateTimeOffset? since = null) =>
        (
            await Store.Worklists.ReadNoticesAsync(new NoticeQuery(Make.Herts, states, since, null, 100), Cancellation)
        ).Items;

    private async Task TakeAsync(int minute, params string[] occurrences) =>
        (await TryTakeAsync(minute, occurrences)).Should().Be(CommitOutcome.Committed);

    private Task<CommitOutcome> TryTakeAsync(int minute, params string[] occurrences)
    {
        var by = new Occurrence
        {
            Id = $"by-{minute}",
            Kind = OccurrenceKind.Administration,
            Time = At(minute),
            ClientId = "herts",
            Organisation = Make.Herts,
            OrganisationName = "Herts",
            CallerKind = CallerKind.Authority,
            Person = Make.Nurse(),
            Interaction = "$acknowledge",
            RequestId = "6d6f3f7e-0000-4000-8000-000000000002",
        };
        var commit = new Commit
        {
            Occurrence = by,
            Taken = new NoticesTaken(Make.Herts, occurrences, At(minute), by.Id),
        };
        return Records.CommitAsync(commit, Cancellation);
    }

    private Task<int> NumberAsync() =>
        Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, 1_000, Cancellation);

    private async Task DeliverAsync()
    {
        for (
            IReadOnlyList<Delivery> due;
            (due = await Notifications.ClaimDueAsync(At(4), TimeSpan.FromMinutes(1), 10, Cancellation)).Count > 0;

        )
            foreach (var delivery in due)
                await Notifications.SettleAsync(delivery, At(5), Cancellation);
    }

    private Task<IReadOnlyList<NotificationEvent>> EventsAsync(string subscription) =>
        Notifications.ReadEventsAsync(subscription, 1, 1_000, 1_000, Cancellation);

    private static DateTimeOffset At(int minute) => Make.Noon.AddMinutes(minute);
}
