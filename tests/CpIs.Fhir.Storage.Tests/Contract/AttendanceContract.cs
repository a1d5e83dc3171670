using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Attendances as look-ups find and leave them in a store: read, decided, written.</summary>
public abstract class AttendanceContract : StoreContract
{
    private int _count;

    [Fact]
    public async Task Look_ups_of_one_visit_are_one_event_though_a_hundred_others_lie_in_between()
    {
        await SaveAsync(Make.Subscription("s"));
        await LookUpAsync(0);
        for (var i = 0; i < 100; i++)
            await LookUpAsync(1 + i, "RWH02", $"5550000{i:D5}");

        (await LookUpAsync(120, person: "555000000777")).Obligations.Should().BeEmpty();
        await NumberAsync();

        (await EventsAsync()).Should().HaveCount(2, "there were two settings");
    }

    [Fact]
    public async Task Repeats_that_stand_in_no_history_prolong_an_attendance_to_its_longest()
    {
        var opened = await LookUpAsync(0);
        for (var minute = 200; minute < 720; minute += 200)
            (await LookUpAsync(minute)).Should().Match<Occurrence>(o => !o.InHistory && o.Obligations.Count == 0);
        (await LookUpAsync(719)).Attendances[0].Opener.Should().Be(opened.Id);

        (await LookUpAsync(720)).Obligations.Should().ContainSingle();
    }

    [Fact]
    public async Task Neither_a_scheduled_look_up_nor_a_miss_opens_joins_or_prolongs()
    {
        await Occurrences.RecordAsync(
            Access(0) with
            {
                Mode = LookUpMode.Scheduled,
                Shown = [Make.Plan(Make.Herts)],
            },
            Cancellation
        );
        await Occurrences.RecordAsync(Access(0), Cancellation);
        (await LookUpAsync(1)).Obligations.Should().ContainSingle("nothing was open");
        await Occurrences.RecordAsync(
            Access(200) with
            {
                Mode = LookUpMode.Scheduled,
                Shown = [Make.Plan(Make.Herts)],
            },
            Cancellation
        );
        await Occurrences.RecordAsync(Access(200), Cancellation);

        (await LookUpAsync(241)).Obligations.Should().ContainSingle("nothing prolonged it");
    }

    [Fact]
    public async Task Look_ups_that_race_are_one_event_and_later_ones_join_the_earliest()
    {
        await SaveAsync(Make.Subscription("s"), Make.Subscription("t"));
        var raced = await RaceAsync(12, i => LookUpAsync(0, person: $"5550000000{i:D2}"));
        raced.Where(hit => hit.Obligations.Count > 0).Should().NotBeEmpty();
        await RaceAsync(3, _ => NumberAsync());

        var next = await LookUpAsync(5);

        next.Obligations.Should().BeEmpty();
        next.Attendances.Should()
            .Equal(
                raced
                    .SelectMany(hit => hit.Attendances)
                    .Where(a => a.Opener == raced.Where(h => h.Obligations.Count > 0).MinBy(h => (h.Time, h.Id))!.Id)
                    .Take(1)
            );
        foreach (var subscription in new[] { "s", "t" })
        {
            var told = await EventsAsync(subscription);
            told.Should().ContainSingle("nothing was sent yet");
            told[0].Occurrences.Should().BeEquivalentTo(raced.Where(h => h.Obligations.Count > 0).Select(h => h.Id));
        }
    }

    [Fact]
    public async Task One_that_raced_what_is_being_sent_is_told_once_more_and_not_lost()
    {
        await SaveAsync(Make.Subscription("s"));
        var late = Attendance.Place(Hit(0), []);
        await LookUpAsync(0);
        await NumberAsync();
        var delivery = (
            await Notifications.ClaimDueAsync(Make.Noon, TimeSpan.FromMinutes(1), 9, Cancellation)
        ).Single();
        await Occurrences.RecordAsync(late, Cancellation);
        await NumberAsync();
        await Notifications.SettleAsync(delivery, Make.Noon, Cancellation);

        (await EventsAsync()).Select(e => e.Delivered is not null).Should().Equal(true, false);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
    }

    /// <summary>As <see cref="LookUpService"/> does it.</summary>
    private async Task<Occurrence> LookUpAsync(int minute, string setting = "RWH01", string person = "555000000001")
    {
        var hit = Hit(minute, setting, person);
        var read = await Occurrences.ReadHistoryAsync(
            hit.Child!.Value,
            person,
            hit.Time - AccessHistory.RepeatWindow,
            AccessHistory.ReadLength,
            hit.Time - Attendance.Longest,
            Cancellation
        );
        hit = hit with { InHistory = AccessHistory.IsFirst([.. read.Where(a => a.InHistory)], person, hit.Time) };
        hit = Attendance.Place(hit, read);
        await Occurrences.RecordAsync(hit, Cancellation);
        return hit;
    }

    private Occurrence Hit(int minute, string setting = "RWH01", string person = "555000000001") =>
        Access(minute, setting, person) with
        {
            Outcome = AccessOutcome.Shown,
            Shown = [Make.Plan(Make.Herts)],
        };

    private Occurrence Access(int minute, string setting = "RWH01", string person = "555000000001") =>
        Make.Access(
            $"o{Interlocked.Increment(ref _count):D4}",
            Make.Noon.AddMinutes(minute),
            person: person,
            organisation: OdsCode.Parse(setting)
        );

    private Task<int> NumberAsync() =>
        Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, 1000, Cancellation);

    private Task<IReadOnlyList<Core.Notifications.NotificationEvent>> EventsAsync(string subscription = "s") =>
        Notifications.ReadEventsAsync(subscription, 1, 1000, 1000, Cancellation);
}
