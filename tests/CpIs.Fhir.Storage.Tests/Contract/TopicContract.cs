using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>An obligation becomes an event only on Subscriptions of its topic; information is owed to nobody; a number is marked.</summary>
public abstract class TopicContract : StoreContract
{
    private static readonly NoticeState[] All = [NoticeState.Untold, NoticeState.Told, NoticeState.Taken];

    [Fact]
    public async Task Each_Subscription_gets_the_events_of_its_topic_alone_numbered_without_gap()
    {
        foreach (var row in TopicTable.All)
            await SaveAsync(Make.Subscription(row.Code, topic: row.Topic));
        for (var i = 0; i < 3; i++)
        {
            await TellAsync($"access{i}", OccurrenceKind.Access, 4 * i);
            await TellAsync($"missed{i}", OccurrenceKind.MissedAppointment, 4 * i + 1);
            await TellAsync($"number{i}", OccurrenceKind.InactiveNumber, 4 * i + 2);
            await TellAsync($"upload{i}", OccurrenceKind.Upload, 4 * i + 3);
        }

        await NumberAsync(limit: 2);

        await ShouldTellAsync("record-accessed", "access0", "access1", "access2");
        await ShouldTellAsync("missed-appointment", "missed0", "missed1", "missed2");
        await ShouldTellAsync("nhs-number-inactive", "number0", "number1", "number2");
        await ShouldTellAsync("upload-processed", "upload0", "upload1", "upload2");
    }

    [Fact]
    public async Task What_nobody_subscribes_to_waits_for_the_first_activation_and_holds_up_no_other_topic()
    {
        for (var i = 0; i < 9; i++)
            await TellAsync($"missed{i}", OccurrenceKind.MissedAppointment, i);
        await TellAsync("access", OccurrenceKind.Access, 20);
        await SaveAsync(Make.Subscription("accesses"));

        await NumberAsync(limit: 2);
        await ShouldTellAsync("accesses", "access");
        await SaveAsync(Make.Subscription("missed", topic: Topic.MissedAppointment));
        await NumberAsync(limit: 2);

        await ShouldTellAsync("missed", [.. Enumerable.Range(0, 9).Select(i => $"missed{i}")]);
        await ShouldTellAsync("accesses", "access");
    }

    [Fact]
    public async Task Two_appointments_that_one_child_misses_at_one_setting_are_two_events()
    {
        await SaveAsync(Make.Subscription("s", topic: Topic.MissedAppointment));
        foreach (var id in new[] { "first", "second" })
            await Occurrences.RecordAsync(
                Occurrence(id, OccurrenceKind.MissedAppointment, 1) with
                {
                    Child = Make.Child(1),
                },
                Cancellation
            );

        await NumberAsync();

        (await EventsAsync("s")).Select(e => e.Occurrences.Count).Should().Equal(1, 1);
    }

    [Fact]
    public async Task A_delivery_settles_what_it_told_of_and_no_other_topic()
    {
        await SaveAsync(Make.Subscription("s", topic: Topic.MissedAppointment));
        await TellAsync("access", OccurrenceKind.Access, 1);
        await TellAsync("missed", OccurrenceKind.MissedAppointment, 2);
        await NumberAsync();

        foreach (
            var due in await Notifications.ClaimDueAsync(
                Make.Noon.AddHours(1),
                TimeSpan.FromMinutes(1),
                9,
                Cancellation
            )
        )
            await Notifications.SettleAsync(due, Make.Noon.AddHours(1), Cancellation);

        (await ReadNoticesAsync(NoticeState.Untold)).Should().Equal("access");
        (await ReadNoticesAsync(NoticeState.Told)).Should().Equal("missed");
    }

    [Fact]
    public async Task Information_stands_on_no_worklist_raises_no_alarm_and_is_removed_in_its_time()
    {
        await TellAsync("upload", OccurrenceKind.Upload, 1);

        (await Store.Worklists.ReadUntoldAsync(Cancellation)).Should().BeEmpty();
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
        (await ReadNoticesAsync(All)).Should().BeEmpty();
        (await ReadNoticesAsync(NoticeState.Untold)).Should().BeEmpty();
        await SaveAsync(Make.Subscription("s", topic: Topic.UploadProcessed));
        await NumberAsync();
        await ShouldTellAsync("s", "upload");
        (await Store.Retention.RemoveOccurrencesAsync(Make.Noon.AddHours(1), 9, Cancellation))
            .Should()
            .Be(0, "an event is still to tell of it");
        await TellAsync("other", OccurrenceKind.Upload, 2);
        (await Store.Retention.RemoveOccurrencesAsync(Make.Noon.AddHours(1), 9, Cancellation)).Should().Be(1);
    }

    [Fact]
    public async Task What_is_owed_is_never_removed_before_it_was_told()
    {
        await TellAsync("missed", OccurrenceKind.MissedAppointment, 1);
        await TellAsync("number", OccurrenceKind.InactiveNumber, 2);

        (await Store.Retention.RemoveOccurrencesAsync(Make.Noon.AddYears(9), 9, Cancellation)).Should().Be(0);
        (await ReadNoticesAsync(NoticeState.Untold)).Should().Equal("missed", "number");
    }

    [Fact]
    public async Task Since_when_something_is_untold_is_known_apart_for_what_a_MESH_mailbox_cannot_tell_of()
    {
        await TellAsync("access", OccurrenceKind.Access, 1);
        var accesses = (await Store.Worklists.ReadUntoldAsync(Cancellation)).Single();
        await TellAsync("missed", OccurrenceKind.MissedAppointment, 3);
        await TellAsync("number", OccurrenceKind.InactiveNumber, 4);
        var all = (await Store.Worklists.ReadUntoldAsync(Cancellation)).Single();

        accesses.OldestOutsideMesh.Should().BeNull();
        (all.Count, all.Oldest).Should().Be((3, accesses.Oldest));
        all.OldestOutsideMesh.Should().Be(accesses.Oldest.AddMinutes(2));
    }

    [Fact]
    public async Task A_missed_appointment_is_not_among_what_a_look_up_reads_of_earlier_ones()
    {
        await TellAsync("missed", OccurrenceKind.MissedAppointment, 1);

        (
            await Occurrences.ReadHistoryAsync(
                Make.Child(101),
                "555000000001",
                Make.Noon.AddDays(-1),
                40,
                Make.Noon.AddDays(-1),
                Cancellation
            )
        )
            .Should()
            .BeEmpty();
    }

    [Fact]
    public async Task A_named_person_takes_a_missed_appointment_without_any_Subscription()
    {
        await TellAsync("missed", OccurrenceKind.MissedAppointment, 1);
        var by = Make.Access("by");
        var commit = new Commit
        {
            Occurrence = by,
            Taken = new NoticesTaken(Make.Herts, ["missed"], Make.Noon.AddHours(1), by.Id),
        };
        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Committed);
        await SaveAsync(Make.Subscription("s", topic: Topic.MissedAppointment));
        await NumberAsync();

        (await ReadNoticesAsync(NoticeState.Taken)).Should().Equal("missed");
        (await EventsAsync("s")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_mark_of_a_number_comes_with_what_is_held_of_the_child_and_goes_when_it_is_restored()
    {
        var child = Make.Child(1);
        var mark = InactiveNumber.Mark(child, "duplicate", null, Make.Essex, "mark", Make.Noon);
        await SaveAsync(Make.Resource("p", RecordType.Patient, child: child), mark);
        InactiveNumber.IsMarked(await Records.ReadChildAsync(child, Cancellation)).Should().BeTrue();
        InactiveNumber.IsMarked(await Records.ReadChildAsync(Make.Child(2), Cancellation)).Should().BeFalse();
        (await Records.CommitAsync(Make.Commit(mark with { Id = "other" }), Cancellation))
            .Should()
            .Be(CommitOutcome.Conflict, "a number has one mark");

        await SaveAsync(InactiveNumber.Unmark(mark, Make.Noon));

        InactiveNumber.IsMarked(await Records.ReadChildAsync(child, Cancellation)).Should().BeFalse();
        var identity = InactiveNumber.Identity(child);
        var found = (await Records.ReadByIdentityAsync(RecordType.InactiveNumber, [identity], Cancellation))[identity];
        (found.Version, found.IsDeleted).Should().Be((2, true));
        await SaveAsync(InactiveNumber.Mark(child, "adoption", found, Make.Herts, "new", Make.Noon));
        var again = (await Records.ReadByIdentityAsync(RecordType.InactiveNumber, [identity], Cancellation))[identity];
        InactiveNumber.ReasonOf(again).Should().Be("adoption");
    }

    private static Occurrence Occurrence(string id, OccurrenceKind kind, int minute) =>
        Make.Access(id, Make.Noon.AddMinutes(minute), Make.Child(100 + minute), authorities: Make.Herts) with
        {
            Kind = kind,
        };

    private Task TellAsync(string id, OccurrenceKind kind, int minute) =>
        Occurrences.RecordAsync(Occurrence(id, kind, minute), Cancellation);

    private async Task NumberAsync(int limit = 100)
    {
        while (
            await Notifications.NumberObligationsAsync(Make.Noon.AddHours(1), TimeSpan.Zero, limit, Cancellation) > 0
        ) { }
    }

    private Task<IReadOnlyList<NotificationEvent>> EventsAsync(string subscription) =>
        Notifications.ReadEventsAsync(subscription, 1, 1_000, 1_000, Cancellation);

    private async Task ShouldTellAsync(string subscription, params string[] occurrences)
    {
        var events = await EventsAsync(subscription);
        events.SelectMany(e => e.Occurrences).Should().Equal(occurrences);
        events.Select(e => e.Number).Should().Equal(Enumerable.Range(1, occurrences.Length).Select(n => (long)n));
    }

    private async Task<IEnumerable<string>> ReadNoticesAsync(params NoticeState[] states) =>
        (
            await Store.Worklists.ReadNoticesAsync(new NoticeQuery(Make.Herts, states, null, null, 100), Cancellation)
        ).Items.Select(notice => notice.OccurrenceId);
}
