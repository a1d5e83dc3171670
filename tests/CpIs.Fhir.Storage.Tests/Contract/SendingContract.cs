using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Events are claimed, sent, settled and set aside, by one at a time (promise 3).</summary>
public abstract class SendingContract : NotificationContract
{
    [Fact]
    public async Task A_new_event_is_due_after_the_quiet_time()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.FromSeconds(2), 9, Cancellation);

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(Make.Noon.AddSeconds(2));
        (await ClaimQuietAsync(1_999)).Should().BeEmpty();
        (await ClaimQuietAsync(2_000)).Should().ContainSingle();

        Task<IReadOnlyList<Delivery>> ClaimQuietAsync(int after) =>
            Notifications.ClaimDueAsync(
                new ClaimTerms(Make.Noon.AddMilliseconds(after), Lease, TimeSpan.FromSeconds(2)) { Notices = 1 },
                10,
                Cancellation
            );
    }

    [Fact]
    public async Task A_claim_is_a_batch_of_the_lowest_numbers_up_to_the_subscriptions_own_measure()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 3));
        for (var i = 1; i <= 5; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();

        var first = (await ClaimAsync()).Single();
        first.Events.Select(e => e.Number).Should().Equal(1, 2, 3);
        (await ClaimAsync()).Should().BeEmpty("somebody has the Subscription");
        await Notifications.SettleAsync(first, At(1), SendingState.Sound, tells: true, Cancellation);
        (await ClaimAsync()).Should().BeEmpty("and keeps it");
        var second = await NextAsync(first);
        second!.Events.Select(e => e.Number).Should().Equal(4, 5);
        second.Fence.Should().Be(first.Fence);
        await Notifications.SettleAsync(second, At(1), SendingState.Sound, tells: true, Cancellation);
        (await NextAsync(second)).Should().BeNull();

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().BeNull();
        await HitAsync("o6", 6, child: 6);
        await NumberAsync();
        (await NextAsync(second)).Should().BeNull("it gave the Subscription back");
        (await ClaimAsync(At(9))).Single().Events.Single().Number.Should().Be(6);
    }

    [Fact]
    public async Task A_claim_holds_as_many_notices_as_its_terms_say_and_is_settled_in_pieces()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 2));
        for (var i = 1; i <= 7; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();

        var terms = new ClaimTerms(At(9), Lease, EngineSteps.HoweverNew) { Notices = 3 };
        var claim = (await Notifications.ClaimDueAsync(terms, 10, Cancellation)).Single();
        claim.Events.Select(e => e.Number).Should().Equal(1, 2, 3, 4, 5, 6);
        foreach (var piece in claim.Events.Chunk(2).Take(2))
            (
                await Notifications.SettleAsync(
                    claim with
                    {
                        Events = piece,
                    },
                    At(9),
                    SendingState.Sound,
                    tells: true,
                    Cancellation
                )
            )
                .Should()
                .BeTrue();

        (await Notifications.ReadLedgerAsync("s", Cancellation))
            .Undelivered.Should()
            .Be(3, "5, 6 and 7 are not delivered");
        (await NextAsync(claim))!.Events.Select(e => e.Number).Should().Equal(5, 6);
    }

    [Fact]
    public async Task While_a_Subscription_rests_or_is_held_its_new_events_change_nothing_about_that()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0, child: 1);
        await NumberAsync();
        var held = (await ClaimAsync(At(0))).Single();
        await HitAsync("o2", 0, child: 2);
        await NumberAsync();
        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(At(0) + Lease);

        await Notifications.RescheduleAsync(held, At(0), At(30), "503", Cancellation);
        await HitAsync("o3", 0, child: 3);
        await NumberAsync();

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(At(30));
        (await ClaimAsync(At(29))).Should().BeEmpty();
        (await ClaimAsync(At(30))).Single().Events.Single().Number.Should().Be(1);
    }

    [Fact]
    public async Task An_event_that_is_refused_alone_is_passed_over_then_set_aside_and_tried_in_its_hour()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 3));
        for (var i = 1; i <= 3; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();
        var all = (await ClaimAsync(At(4))).Single();
        var alone = await NextAsync(all, all.State.AfterRefused(all.Events, At(4)), At(4));
        alone!.Events.Single().Number.Should().Be(1, "one of three was refused, so each is sent alone");
        var later = await NextAsync(alone, alone.State.AfterRefused(alone.Events, At(4)), At(4));
        later!.Events.Single().Number.Should().Be(2);
        var taken = later.State.AfterAccepted(later.Events, At(4));
        await Notifications.SettleAsync(later, At(4), taken, tells: true, Cancellation);
        var last = await NextAsync(later, taken, At(4));
        last!.Events.Single().Number.Should().Be(3);
        await Notifications.SettleAsync(
            last,
            At(4),
            last.State.AfterAccepted(last.Events, At(4)),
            tells: true,
            Cancellation
        );
        (await NextAsync(last, last.State.AfterAccepted(last.Events, At(4)), At(4))).Should().BeNull();
        await Store.ReopenAsync();

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(At(64));
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
        (await ClaimAsync(At(63))).Should().BeEmpty();
        var again = (await ClaimAsync(At(64))).Single();
        again.Events.Single().Number.Should().Be(1);
        await Notifications.SettleAsync(again, At(64), Cancellation);
        (await LedgerAsync("s")).Undelivered.Should().Be(0);
    }

    [Fact]
    public async Task What_is_to_be_sent_again_while_somebody_has_the_Subscription_is_sent_however_they_race()
    {
        await SaveAsync(Make.Subscription("s"));
        for (var round = 1; round <= 20; round++)
        {
            await HitAsync($"o{round}", 0, child: round);
            await NumberAsync();
            var held = (await ClaimAsync()).Single(each => each.SubscriptionId == "s");
            await Notifications.SettleAsync(held, At(1), SendingState.Sound, tells: true, Cancellation);

            // The holder finds nothing more to send, while the authority asks for one once more.
            var next = NextAsync(held);
            var again = Notifications.ResendAsync("s", 1, 1, At(1), Cancellation);
            (await again).Should().Be(1);
            var taken =
                await next
                ?? (await ClaimAsync(At(1))).Should().ContainSingle("it is due at once, if nobody has it").Subject;
            taken.Events.Select(each => each.Number).Should().Equal(1);
            (await Notifications.SettleAsync(taken, At(2), Cancellation)).Should().BeTrue();
            (await LedgerAsync("s")).Undelivered.Should().Be(0);
        }
    }

    [Fact]
    public async Task What_is_under_way_as_a_message_is_kept_is_not_sent_again_and_is_asked_about_in_its_time()
    {
        await SaveAsync(Make.Subscription("s", channel: ChannelKind.Mesh));
        for (var i = 1; i <= 2; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();
        var first = (await ClaimAsync(At(4))).Single();
        var second = await NextAsync(first, first.State.AfterSent(first.Events[0], "M1", At(4)), At(4));
        second!.Events.Single().Number.Should().Be(2);
        (await NextAsync(second, second.State.AfterSent(second.Events[0], "M2", At(4)), At(4))).Should().BeNull();
        await Store.ReopenAsync();

        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(At(5));
        (await ClaimAsync(At(4))).Should().BeEmpty();
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(2);
        var asked = (await ClaimAsync(At(5))).Single();
        asked.Events.Single().Number.Should().Be(1);
        asked.State.ApartOrNone.UnderWay.Select(m => (m.Number, m.MessageId)).Should().Equal((1, "M1"), (2, "M2"));
        var other = asked.State.ApartOrNone.UnderWay[1];

        // Settled is what was acknowledged, whichever was claimed.
        var told = await Notifications.ReadEventsAsync("s", 2, 2, 1, Cancellation);
        var state = asked.State.AfterAcknowledged(other);
        (await Notifications.SettleAsync(asked with { Events = told }, At(5), state, tells: true, Cancellation))
            .Should()
            .BeTrue();
        state = state.AfterAsked(state.ApartOrNone.UnderWay.Single(), At(5));
        (await NextAsync(asked, state, At(5))).Should().BeNull();
        (await EventsAsync("s")).Select(e => e.Delivered is not null).Should().Equal(false, true);
        (await Notifications.ReadNextDueAsync(Cancellation)).Should().Be(At(10));

        var returned = (await ClaimAsync(At(10))).Single();
        var failed = returned.State.AfterReturned(returned.State.ApartOrNone.UnderWay.Single(), At(10), "returned");
        await Notifications.GiveBackAsync(returned, new SendingEnd(failed, At(11)), Cancellation);
        var again = (await ClaimAsync(At(11))).Single();
        again.Events.Single().Number.Should().Be(1);
        again.State.Should().Be(new SendingState(1, At(10), "returned"));
    }

    [Fact]
    public async Task Refused_alone_with_none_after_it_the_Subscription_rests()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await NumberAsync();
        var held = (await ClaimAsync(At(0))).Single();
        var end = new SendingEnd(held.State.AfterFailed(At(0), "400"), At(5));

        (
            await Notifications.ClaimNextAsync(
                held,
                held.State.AfterRefused(held.Events, At(0))!,
                new ClaimTerms(At(0), Lease, EngineSteps.HoweverNew) { Notices = 1 },
                end,
                Cancellation
            )
        )
            .Should()
            .BeNull();

        (await ClaimAsync(At(4))).Should().BeEmpty();
        (await ClaimAsync(At(5))).Single().State.Should().Be(end.State);
    }

    [Fact]
    public async Task Each_event_is_claimed_by_one_worker_only()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 2));
        for (var i = 0; i < 20; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();

        var claims = await RaceAsync(20, _ => ClaimAsync());

        claims
            .SelectMany(c => c)
            .SelectMany(d => d.Events)
            .Select(e => e.Number)
            .Should()
            .Equal([1, 2], "one of them has the Subscription");
    }

    [Fact]
    public async Task A_lapsed_lease_is_taken_over_and_the_first_holder_can_change_nothing_more()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await NumberAsync();
        var first = (await ClaimAsync(At(0))).Single();
        (await ClaimAsync(At(0) + Lease - TimeSpan.FromMilliseconds(1))).Should().BeEmpty();

        var second = (await ClaimAsync(At(0) + Lease)).Single();

        second.Fence.Should().BeGreaterThan(first.Fence);
        (await Notifications.SettleAsync(first, At(2), Cancellation)).Should().BeFalse();
        (await Notifications.RescheduleAsync(first, At(2), At(9), "late", Cancellation)).Should().BeFalse();
        (await EventsAsync("s")).Single().Delivered.Should().BeNull();
        (await LedgerAsync("s")).Failures.Should().Be(0);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);

        (await Notifications.SettleAsync(second, At(3), Cancellation)).Should().BeTrue();
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
    }

    [Fact]
    public async Task A_delivery_of_which_one_event_was_taken_over_is_settled_not_at_all()
    {
        await SaveAsync(Make.Subscription("s", maxCount: 2));
        await HitAsync("o1", 0, child: 1);
        await HitAsync("o2", 0, child: 2);
        await NumberAsync();
        var first = (await ClaimAsync(At(0))).Single();
        await SaveAsync(Make.Subscription("s", version: 2, maxCount: 1));
        (await ClaimAsync(At(0) + Lease)).Single().Events.Should().ContainSingle();

        (await Notifications.SettleAsync(first, At(2), Cancellation)).Should().BeFalse();

        (await LedgerAsync("s")).Undelivered.Should().Be(2);
    }

    [Fact]
    public async Task Of_ten_who_settle_the_same_claim_at_once_the_obligation_is_settled_once_and_stays_so()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await NumberAsync();
        var delivery = (await ClaimAsync()).Single();

        await RaceAsync(10, _ => Notifications.SettleAsync(delivery, At(1), Cancellation));

        (await Notifications.RescheduleAsync(delivery, At(2), At(2), "late", Cancellation)).Should().BeFalse();
        (await EventsAsync("s")).Single().Delivered.Should().Be(At(1));
        (await ClaimAsync(At(60))).Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_attempt_is_due_again_and_stands_in_the_ledger_until_a_success()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await NumberAsync();
        var first = (await ClaimAsync()).Single();
        (await Notifications.RescheduleAsync(first, At(1), At(5), "503", Cancellation)).Should().BeTrue();
        (await Notifications.SettleAsync(first, At(2), Cancellation)).Should().BeFalse("the claim was given back");
        (await ClaimAsync(At(4))).Should().BeEmpty();
        var second = (await ClaimAsync(At(5))).Single();
        second.State.Failures.Should().Be(1);
        await Notifications.RescheduleAsync(second, At(6), At(6), "504", Cancellation);
        await Store.ReopenAsync();

        (await LedgerAsync("s")).Should().Be(new SubscriptionLedger(1, 1, At(0), At(1), "504", Failures: 2));
        await Notifications.SettleAsync((await ClaimAsync(At(6))).Single(), At(7), Cancellation);
        (await LedgerAsync("s")).Should().Be(new SubscriptionLedger(1, 0, null, null, null, At(7)));
        (await LedgerAsync("unknown")).Should().Be(new SubscriptionLedger(0, 0, null, null, null));
    }

    [Fact]
    public async Task When_a_receiver_last_took_anything_is_known_to_all_whoever_sent_it()
    {
        await SaveAsync(Make.Subscription("s"), Make.Subscription("t"));
        (await LedgerAsync("s")).LastTaken.Should().BeNull();

        await Notifications.NoteTakenAsync("s", At(3), Cancellation);
        await Notifications.NoteTakenAsync("s", At(2), Cancellation);
        (await LedgerAsync("s")).LastTaken.Should().Be(At(3), "a slower server may tell of an earlier one");

        await HitAsync("o1", 0);
        await NumberAsync();
        var deliveries = await ClaimAsync();
        foreach (var delivery in deliveries)
            if (delivery.SubscriptionId == "s")
                await Notifications.SettleAsync(delivery, At(8), Cancellation);
            else
                await Notifications.RescheduleAsync(delivery, At(9), At(9), "503", Cancellation);
        await Store.ReopenAsync();
        (await LedgerAsync("s")).LastTaken.Should().Be(At(8));
        (await LedgerAsync("t")).LastTaken.Should().BeNull("a failed attempt was not taken");
        (await LedgerAsync("s")).EventCount.Should().Be(1);
        await Notifications.NoteTakenAsync("unknown", At(1), Cancellation);
    }

    [Fact]
    public async Task A_dead_subscription_with_many_due_events_does_not_starve_another()
    {
        await SaveAsync(Make.Subscription("dead"), Make.Subscription("live", Make.Essex));
        for (var i = 0; i < 20; i++)
            await HitAsync($"d{i}", i, child: i);
        await Occurrences.RecordAsync(Make.Access("l", At(30), authorities: Make.Essex), Cancellation);
        await NumberAsync();

        var served = new List<string>();
        for (var i = 0; i < 2; i++)
            foreach (var delivery in await ClaimAsync(At(31), limit: 1))
            {
                served.Add(delivery.SubscriptionId);
                await Notifications.RescheduleAsync(delivery, At(31), At(31), "dead", Cancellation);
            }

        served.Should().BeEquivalentTo("dead", "live");
    }

    [Fact]
    public async Task Reactivation_ends_the_rest_but_never_a_lease()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0, child: 1);
        await HitAsync("o2", 0, child: 2);
        await NumberAsync();
        await Notifications.RescheduleAsync((await ClaimAsync(At(0))).Single(), At(0), At(500), "x", Cancellation);
        (await ClaimAsync(At(0))).Should().BeEmpty();

        await Notifications.MakeDueAsync("s", At(0), Cancellation);
        var sending = (await ClaimAsync(At(0))).Single();
        sending.Events.Single().Number.Should().Be(1);
        await Notifications.MakeDueAsync("s", At(0), Cancellation);

        (await ClaimAsync(At(0))).Should().BeEmpty("somebody has it");
        (await Notifications.SettleAsync(sending, At(1), Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task Events_are_read_by_number_both_bounds_included_up_to_a_limit()
    {
        await SaveAsync(Make.Subscription("s"));
        for (var i = 1; i <= 6; i++)
            await HitAsync($"o{i}", i, child: i);
        await NumberAsync();

        (await ReadAsync(2, 4, 10)).Should().Equal(2, 3, 4);
        (await ReadAsync(0, long.MaxValue, 2)).Should().Equal(1, 2);
        (await ReadAsync(5, 99, 10)).Should().Equal(5, 6);
        (await ReadAsync(7, 99, 10)).Should().BeEmpty();
    }
}
