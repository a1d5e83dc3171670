using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Worklists;
using static CpIs.Fhir.Core.Tests.Escalation.EscalationHarness;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>Promise 3: the age of what is open is seen. No authority stays untold unseen, subscribed or not.</summary>
public sealed class UntoldWatchTests : IAsyncLifetime
{
    private EscalationHarness _house = null!;
    private UntoldWatch? _watch;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await OpenAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task An_authority_is_late_after_fifteen_minutes_and_the_operator_is_called_an_hour_later()
    {
        var first = await _house.LookUpAsync(Hareford);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await _house.LookUpAsync(Hareford);
        var reference = NoticeReference.Of(Hareford, first);

        (await AfterAsync(14)).Should().BeEmpty();
        (await AfterAsync(1)).Should().Equal($"late XHF01 2 15 {reference}");
        (await AfterAsync(59)).Should().BeEmpty("an alarm is raised once, not each minute");
        (await AfterAsync(1)).Should().Equal($"very late XHF01 2 75 {reference} ring 01632 960001");
        (await AfterAsync(600)).Should().BeEmpty();
    }

    [Fact]
    public async Task Where_the_place_of_action_is_MESH_there_is_a_day_whatever_feeds_there_are()
    {
        await _house.SubscribeAsync("mesh:X26ABC2");
        await _house.SubscribeAsync("https://feed.example.org/cpis");
        await _house.LookUpAsync(Hareford);

        (await AfterAsync(23 * 60)).Should().BeEmpty();
        (await AfterAsync(60)).Should().ContainSingle().Which.Should().StartWith("late XHF01 1 1440");
        (await AfterAsync(59)).Should().BeEmpty();
        (await AfterAsync(1)).Should().ContainSingle().Which.Should().StartWith("very late");

        await _house.LookUpAsync(Otherton);
        (await AfterAsync(16)).Should().ContainSingle().Which.Should().StartWith("late XOT01");
    }

    [Fact]
    public async Task What_MESH_cannot_tell_of_is_late_after_fifteen_minutes_whatever_look_ups_wait()
    {
        await _house.SubscribeAsync("mesh:X26ABC2");
        await _house.LookUpAsync(Hareford);
        (await AfterAsync(120)).Should().BeEmpty();
        await _house.HappenAsync(OccurrenceKind.MissedAppointment, Hareford);

        (await AfterAsync(14)).Should().BeEmpty();
        (await AfterAsync(1)).Should().ContainSingle().Which.Should().StartWith("late XHF01 2 15");
        (await AfterAsync(60)).Should().ContainSingle().Which.Should().StartWith("very late XHF01 2 75");
    }

    [Fact]
    public async Task A_MESH_mailbox_beside_a_webhook_that_is_the_place_gives_no_time()
    {
        await _house.SubscribeAsync("https://hooks.example.org/cpis");
        await _house.SubscribeAsync("mesh:X26ABC2");
        await _house.LookUpAsync(Hareford);

        (await AfterAsync(15)).Should().ContainSingle().Which.Should().StartWith("late XHF01 1 15");
    }

    [Fact]
    public async Task It_is_raised_again_when_all_was_told_and_another_notice_is_too_old()
    {
        var first = await _house.LookUpAsync(Hareford);
        _house.Clock.Advance(TimeSpan.FromMinutes(10));
        var second = await _house.LookUpAsync(Hareford);
        (await AfterAsync(6)).Should().ContainSingle();

        await _house.TakeAsync(first);

        (await AfterAsync(1)).Should().Equal("all told XHF01 1");
        (await AfterAsync(7)).Should().BeEmpty();
        (await AfterAsync(1)).Should().Equal($"late XHF01 1 15 {NoticeReference.Of(Hareford, second)}");
        await _house.TakeAsync(second);
        (await AfterAsync(1)).Should().Equal("all told XHF01 0");
        (await AfterAsync(1)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_backlog_that_drains_slowly_is_one_alarm_of_each_kind_until_nothing_is_late()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await _house.LookUpAsync(Hareford));
            _house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await AfterAsync(20)).Should().ContainSingle(line => line.StartsWith("late XHF01 3"));
        await _house.TakeAsync(ids[0]);
        (await AfterAsync(1)).Should().BeEmpty("it is no worse than before");
        (await AfterAsync(60)).Should().ContainSingle(line => line.StartsWith("very late XHF01 2"));
        await _house.TakeAsync(ids[1]);
        (await AfterAsync(1)).Should().BeEmpty();
        await _house.TakeAsync(ids[2]);
        (await AfterAsync(1)).Should().Equal("all told XHF01 0");

        await _house.LookUpAsync(Hareford);
        (await AfterAsync(15)).Should().ContainSingle(line => line.StartsWith("late XHF01 1"));
        (await AfterAsync(60)).Should().ContainSingle(line => line.StartsWith("very late XHF01 1"));
    }

    [Fact]
    public async Task Each_authority_is_looked_at_for_itself_the_longest_waiting_first_also_without_a_phone()
    {
        await _house.LookUpAsync(Otherton);
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await _house.LookUpAsync(Hareford);
        await _house.SubscribeAsync("https://hooks.example.org/cpis");

        var heard = await AfterAsync(80);

        heard
            .Select(line => line[..15])
            .Should()
            .Equal("late XOT01 1 81", "very late XOT01", "late XHF01 1 80", "very late XHF01");
        heard[1].Should().EndWith("ring -");
    }

    [Fact]
    public async Task What_a_webhook_delivered_is_told_in_time()
    {
        await _house.SubscribeAsync("https://hooks.example.org/cpis");
        await _house.LookUpAsync(Hareford);
        await _house.DeliverAsync();

        (await AfterAsync(100)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_suspended_authority_is_still_seen()
    {
        await _house.LookUpAsync(Hareford);
        _house.Current = new OrganisationDirectory(
            2,
            _house.Current.Organisations.Select(o => o with { Suspended = true }),
            []
        );

        (await AfterAsync(16)).Should().ContainSingle();
    }

    [Fact]
    public async Task One_server_watches_and_the_next_repeats_what_it_was_not_told()
    {
        await _house.LookUpAsync(Hareford);
        var (one, other) = (Shift(), Shift());
        _house.Clock.Advance(TimeSpan.FromMinutes(15));

        (await one.StepAsync(Stop), await other.StepAsync(Stop)).Should().Be((true, false));
        _house.Take().Should().ContainSingle();
        _house.Clock.Advance(MinuteShift.Every);
        (await other.StepAsync(Stop)).Should().BeFalse();
        (await one.StepAsync(Stop)).Should().BeTrue();
        _house.Take().Should().BeEmpty();

        _house.Clock.Advance(MinuteShift.LeaseTime);
        (await other.StepAsync(Stop), await one.StepAsync(Stop)).Should().Be((true, false));
        _house.Take().Should().ContainSingle("the memory of the first is not the second's");

        await other.EndAsync();
        (await one.StepAsync(Stop)).Should().BeTrue("who stops leaves the work to others at once");
        _house.Take().Should().ContainSingle();
    }

    private MinuteShift Shift() => new(_house.Watch(), _house.Server());

    private async Task<List<string>> AfterAsync(int minutes)
    {
        _watch ??= _house.Watch();
        _house.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await _watch.RunAsync(Stop);
        return _house.Take();
    }
}
