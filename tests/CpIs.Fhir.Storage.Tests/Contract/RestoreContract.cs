using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Restores;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>The step after a restore: no number that may have been given since the copy was made is given again (promise 4).</summary>
public abstract class RestoreContract : StoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly RestoreTerms Terms = new(Make.Noon.AddDays(1), RestoreTerms.UsualJump);

    [Fact]
    public async Task Numbers_go_on_after_one_told_gap_and_no_lost_number_is_given_again()
    {
        await SaveAsync(Make.Subscription("s"));
        await NumberAsync(1, 3);
        await Store.KeepCopyAsync();
        await NumberAsync(4, 7);

        var outcome = await RestoreAsync();

        var gap = new NumberingGap(4, 1_000_002, Terms.Now);
        outcome.Should().BeEquivalentTo(new { IsNew = true, Epoch = 1L });
        outcome.Subscriptions.Should().Equal(new NumberingJump("s", Make.Herts, gap));
        (outcome.Subscriptions[0].LastKept, outcome.Subscriptions[0].Next).Should().Be((3, 1_000_003));
        (await Notifications.ReadGapsAsync("s", Cancellation)).Should().Equal(gap);
        (await Notifications.ReadLedgerAsync("s", Cancellation)).EventCount.Should().Be(1_000_002);
        await NumberAsync(8, 10);
        (await NumbersAsync("s")).Should().Equal(1, 2, 3, 1_000_003, 1_000_004, 1_000_005);
    }

    [Fact]
    public async Task A_Subscription_that_the_copy_knows_no_event_of_jumps_too_since_its_first_may_have_been_lost()
    {
        await SaveAsync(
            Make.Subscription("none"),
            Make.Subscription("off", Make.Essex, status: SubscriptionStatus.Off)
        );
        await Store.KeepCopyAsync();
        await NumberAsync(1, 2);

        var outcome = await RestoreAsync();

        outcome
            .Subscriptions.Select(jump => (jump.Authority, jump.SubscriptionId, jump.LastKept, jump.Next))
            .Should()
            .Equal((Make.Essex, "off", 0, 1_000_000), (Make.Herts, "none", 0, 1_000_000));
        await NumberAsync(3, 3);
        (await NumbersAsync("none")).Should().Equal(1_000_000);
    }

    [Fact]
    public async Task Without_a_Subscription_there_is_nothing_to_jump_and_the_epoch_is_raised_all_the_same()
    {
        (await RestoreAsync(copyBack: false)).Should().BeEquivalentTo(new { IsNew = true, Epoch = 1L });
        (await RestoreAsync(copyBack: false)).Should().BeEquivalentTo(new { IsNew = true, Epoch = 2L });
        (await Notifications.ReadGapsAsync("unknown", Cancellation)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_somebody_held_is_free_and_no_claim_of_before_ends_one_of_after()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 2));
        await NumberAsync(1, 2);
        var kept = (await ClaimAsync()).Single();
        await Store.KeepCopyAsync();
        // In the time that is lost it was taken over many times.
        var fences = new List<Delivery> { kept };
        for (var i = 1; i <= 3; i++)
            fences.Add((await ClaimAsync(Make.Noon.AddHours(i))).Single());

        await RestoreAsync();

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().BeOnOrBefore(Make.Noon);
        var after = (await ClaimAsync()).Single();
        after.Events.Select(e => e.Number).Should().Equal(1, 2);
        after.LastNumber.Should().Be(1_000_001);
        foreach (var before in fences)
            (await Notifications.SettleAsync(before, Make.Noon, Cancellation)).Should().BeFalse();
        (await Notifications.SettleAsync(after, Make.Noon, Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task One_that_rests_after_a_failure_rests_on()
    {
        await SaveAsync(Make.Subscription("s"));
        await NumberAsync(1, 1);
        var failed = (await ClaimAsync()).Single();
        await Notifications.RescheduleAsync(failed, Make.Noon, Make.Noon.AddHours(1), "503", Cancellation);
        await Store.KeepCopyAsync();

        await RestoreAsync();

        (await ClaimAsync()).Should().BeEmpty();
        (await ClaimAsync(Make.Noon.AddHours(1))).Single().State.Failures.Should().Be(1);
    }

    [Fact]
    public async Task An_event_that_the_copy_had_not_sent_is_joined_no_more_since_it_may_have_been_sent_as_it_was()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("before", 5, child: 1);
        await NumberAsync();
        await Store.KeepCopyAsync();

        await RestoreAsync();
        await HitAsync("after", 0, child: 1);
        await NumberAsync();

        var events = await Notifications.ReadEventsAsync("s", 1, long.MaxValue, 9, Cancellation);
        events
            .Select(e => (e.Number, string.Join(',', e.Occurrences)))
            .Should()
            .Equal((1, "before"), (1_000_001, "after"));
    }

    [Fact]
    public async Task A_second_time_before_a_server_starts_nothing_is_changed_and_the_same_is_told()
    {
        await SaveAsync(Make.Subscription("s"));
        await NumberAsync(1, 3);
        await Store.KeepCopyAsync();
        RestoreOutcome first = null!;
        RestoreOutcome second = null!;
        RestoreOutcome again = null!;
        await Store.RestoreAsync(
            copyBack: true,
            async restore =>
            {
                first = await restore.RunAsync(Terms, Cancellation);
                second = await restore.RunAsync(Terms with { Now = Make.Noon.AddDays(2) }, Cancellation);
                again = await restore.RunAsync(Terms with { Again = true, Jump = 10 }, Cancellation);
            }
        );

        second.Should().BeEquivalentTo(first with { IsNew = false });
        (again.IsNew, again.Epoch).Should().Be((true, 2));
        again.Subscriptions[0].Gap.Should().Be(new NumberingGap(1_000_003, 1_000_011, Terms.Now));
        (await Notifications.ReadGapsAsync("s", Cancellation))
            .Should()
            .Equal(first.Subscriptions[0].Gap, again.Subscriptions[0].Gap);
    }

    [Fact]
    public async Task Once_a_server_has_started_the_next_restore_is_another_even_where_the_copy_had_numbered_nothing()
    {
        await SaveAsync(Make.Subscription("s"));
        await RestoreAsync(copyBack: false);
        await Store.KeepCopyAsync();
        await NumberAsync(1, 1);

        var second = await RestoreAsync();

        (second.IsNew, second.Epoch).Should().Be((true, 2));
        await NumberAsync(2, 2);
        (await NumbersAsync("s")).Should().Equal(1_999_999);
    }

    [Fact]
    public async Task With_a_mark_the_numbers_jump_from_what_was_really_given_and_what_the_copy_lacks_is_told()
    {
        await SaveAsync(Make.Subscription("s"));
        await NumberAsync(1, 3);
        await Store.KeepCopyAsync();
        var lost = new MarkedSubscription("lost", "E10000012", 5);
        var mark = new RestoreMark(4, Make.Noon, [new MarkedSubscription("s", "E10000015", 3_000_000), lost]);
        RestoreOutcome outcome = null!;
        await Store.RestoreAsync(
            copyBack: true,
            async restore =>
            {
                await restore.RunAsync(Terms, Cancellation);
                outcome = await restore.RunAsync(Terms with { Mark = mark }, Cancellation);
            }
        );

        (outcome.IsNew, outcome.Epoch).Should().Be((true, 5), "the store was behind its mark");
        outcome.Subscriptions[0].Next.Should().Be(4_000_000);
        outcome.Lost.Should().Equal(lost);
    }

    private async Task<RestoreOutcome> RestoreAsync(bool copyBack = true)
    {
        RestoreOutcome outcome = null!;
        await Store.RestoreAsync(copyBack, async restore => outcome = await restore.RunAsync(Terms, Cancellation));
        return outcome;
    }

    /// <summary>Look-ups of a child each, numbered.</summary>
    private async Task NumberAsync(int first, int last)
    {
        for (var i = first; i <= last; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();
    }

    private Task<int> NumberAsync() =>
        Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, 1_000, Cancellation);

    private Task HitAsync(string id, int minute, int child) =>
        Occurrences.RecordAsync(
            Make.Access(id, Make.Noon.AddMinutes(minute), Make.Child(child), authorities: Make.Herts),
            Cancellation
        );

    private Task<IReadOnlyList<Delivery>> ClaimAsync(DateTimeOffset? now = null) =>
        Notifications.ClaimDueAsync(now ?? Make.Noon, Lease, 10, Cancellation);

    private async Task<IEnumerable<long>> NumbersAsync(string subscription) =>
        (await Notifications.ReadEventsAsync(subscription, 1, long.MaxValue, 100, Cancellation)).Select(e => e.Number);
}
