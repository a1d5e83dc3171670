using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Obligations become numbered events, on every Subscription of their authority (promises 2 and 4).</summary>
public abstract class NumberingContract : NotificationContract
{
    [Fact]
    public async Task Each_obligation_becomes_one_event_numbered_from_one()
    {
        await SaveAsync(Make.Subscription("s"), Make.Subscription("other", Make.Essex));
        for (var i = 1; i <= 3; i++)
            await HitAsync($"o{i}", i, child: i);
        await Occurrences.RecordAsync(Make.Access("miss"), Cancellation);

        (await NumberAsync()).Should().Be(3);
        (await NumberAsync()).Should().Be(0);

        var events = await EventsAsync("s");
        events.Select(e => e.Number).Should().Equal(1, 2, 3);
        events.SelectMany(e => e.Occurrences).Should().Equal("o1", "o2", "o3");
        events.Select(e => e.Time).Should().Equal(At(1), At(2), At(3));
        (await EventsAsync("other")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_first_events_after_a_long_time_are_told_the_newest_first_and_what_comes_then_in_order()
    {
        for (var i = 1; i <= 5; i++)
            await HitAsync($"o{i}", (i - 60) * 60, child: i);
        await SaveAsync(Make.Subscription("s"), Make.Subscription("t"));

        (await NumberAsync(limit: 2)).Should().Be(5, "all at once: what is numbered later comes behind");
        await HitAsync("new", 0, child: 9);
        (await NumberAsync()).Should().Be(1);

        foreach (var id in new[] { "s", "t" })
        {
            var events = await EventsAsync(id);
            events.Select(e => e.Number).Should().Equal(1, 2, 3, 4, 5, 6);
            events.SelectMany(e => e.Occurrences).Should().Equal("o5", "o4", "o3", "o2", "o1", "new");
        }
    }

    [Fact]
    public async Task Numbering_stops_at_its_limit_and_goes_on_where_it_stopped()
    {
        await SaveAsync(Make.Subscription("s"), Make.Subscription("t"));
        for (var i = 1; i <= 5; i++)
            await HitAsync($"o{i}", i, child: i);

        (await NumberAsync(limit: 4)).Should().Be(4);
        (await NumberAsync(limit: 4)).Should().Be(1);
        (await NumberAsync(limit: 4)).Should().Be(0);

        foreach (var id in new[] { "s", "t" })
        {
            var events = await EventsAsync(id);
            events.Select(e => e.Number).Should().Equal(1, 2, 3, 4, 5);
            events.SelectMany(e => e.Occurrences).Should().Equal("o1", "o2", "o3", "o4", "o5");
        }
    }

    [Fact]
    public async Task Each_Subscription_gets_its_own_event_however_fast_another_one_is_delivered()
    {
        await SaveAsync(Make.Subscription("fast"), Make.Subscription("slow"));
        for (var i = 1; i <= 9; i++)
            await HitAsync($"o{i}", i, child: i);

        while (await NumberAsync(limit: 2) > 0)
            foreach (var delivery in await ClaimAsync())
                if (delivery.SubscriptionId == "fast")
                    await Notifications.SettleAsync(delivery, Make.Noon, Cancellation);

        foreach (var id in new[] { "fast", "slow" })
            (await EventsAsync(id))
                .Select(e => e.Number)
                .Should()
                .Equal(Enumerable.Range(1, 9).Select(n => (long)n), id);
    }

    [Fact]
    public async Task Numbers_have_no_gap_and_no_repeat_whoever_writes_numbers_claims_and_settles()
    {
        var turns = Proof.Of(everyDay: 8, inFull: 25);
        var all = 8 * turns;
        await SaveAsync(Make.Subscription("s", maxCount: 10));
        await RaceAsync(
            24,
            async worker =>
            {
                for (var i = 0; i < turns; i++)
                {
                    if (worker % 3 == 0)
                        await HitAsync($"o{worker}-{i}", i, child: worker * 100 + i);
                    else if (worker % 3 == 1)
                        await NumberAsync(limit: 3);
                    else
                        foreach (var delivery in await ClaimAsync())
                            await Notifications.SettleAsync(delivery, Time.GetUtcNow(), Cancellation);
                }

                return true;
            }
        );
        while (await NumberAsync() > 0) { }

        var events = await EventsAsync("s");
        events.Select(e => e.Number).Should().Equal(Enumerable.Range(1, all).Select(n => (long)n));
        events.SelectMany(e => e.Occurrences).Should().HaveCount(all).And.OnlyHaveUniqueItems();
        (await Notifications.ReadLedgerAsync("s", Cancellation)).EventCount.Should().Be(all);
    }

    [Fact]
    public async Task Obligations_of_one_child_and_setting_that_raced_are_one_event_while_it_is_unsent()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o2", 5);
        await NumberAsync();
        await HitAsync("o1", 0);
        await Occurrences.RecordAsync(
            Make.Access("o3", At(239), person: "555000000002", authorities: Make.Herts),
            Cancellation
        );
        await HitAsync("next attendance", 240);
        await NumberAsync();

        var events = await EventsAsync("s");
        events.Select(e => string.Join(',', e.Occurrences)).Should().Equal("o1,o2,o3", "next attendance");
        events[0].Time.Should().Be(At(0), "it is that of its first occurrence");
    }

    [Theory]
    [InlineData("organisation")]
    [InlineData("child")]
    public async Task Another_setting_or_child_is_another_event(string different)
    {
        await SaveAsync(Make.Subscription("s"));
        var first = Make.Access("o1", authorities: Make.Herts);
        var second = different switch
        {
            "organisation" => first with { Organisation = OdsCode.Parse("RWH02") },
            _ => first with { Child = Make.Child(2) },
        };
        await Occurrences.RecordAsync(first, Cancellation);
        await Occurrences.RecordAsync(second with { Id = "o2" }, Cancellation);

        await NumberAsync();

        (await EventsAsync("s")).Should().HaveCount(2);
    }

    [Fact]
    public async Task What_was_claimed_once_is_joined_no_more_even_when_its_attempt_failed()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0);
        await NumberAsync();
        var delivery = (await ClaimAsync()).Single();
        await HitAsync("o2", 1);
        await NumberAsync();
        await Notifications.RescheduleAsync(delivery, Time.GetUtcNow(), At(0), "500", Cancellation);
        await HitAsync("o3", 1);
        await NumberAsync();

        (await EventsAsync("s")).Select(e => string.Join(',', e.Occurrences)).Should().Equal("o1", "o2,o3");
    }

    [Fact]
    public async Task Every_subscription_of_an_authority_gets_its_own_event_and_a_delivery_that_tells_settles()
    {
        await SaveAsync(Make.Subscription("s"), Make.Subscription("t"));
        await HitAsync("o1", 0);
        (await NumberAsync()).Should().Be(1);

        var deliveries = await ClaimAsync();
        deliveries.Select(d => d.SubscriptionId).Should().BeEquivalentTo("s", "t");
        await Notifications.SettleAsync(deliveries.First(d => d.SubscriptionId == "s"), At(1), Cancellation);

        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Should().Be((0, null));
        (await LedgerAsync("t")).Undelivered.Should().Be(1);
        var other = deliveries.First(d => d.SubscriptionId == "t");
        (await Notifications.SettleAsync(other, At(1), Cancellation)).Should().BeTrue();
        (await EventsAsync("t")).Single().Delivered.Should().Be(At(1));
    }

    [Fact]
    public async Task A_delivery_that_does_not_tell_ends_its_event_alone_and_is_found_until_somebody_is_told()
    {
        await SaveAsync(Make.Subscription("feed"), Make.Subscription("place"));
        foreach (var minute in new[] { 0, 1, 2 })
            await HitAsync($"o{minute}", minute, child: minute);
        await NumberAsync();
        for (
            IReadOnlyList<Delivery> due;
            (due = [.. (await ClaimAsync()).Where(each => each.SubscriptionId == "feed")]).Count > 0;

        )
            foreach (var delivery in due)
                (await Notifications.SettleAsync(delivery, At(3), Cancellation, tells: false)).Should().BeTrue();

        (await LedgerAsync("feed")).Undelivered.Should().Be(0);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(3);
        (await FoundAsync("feed")).Should().Equal(1, 2, 3);
        (await FoundAsync("feed", 2)).Should().Equal(1, 2);
        (await FoundAsync("place")).Should().BeEmpty("nothing of it is delivered");
        (await FoundAsync("unknown")).Should().BeEmpty();

        (await Notifications.ResendAsync("feed", 2, 2, At(4), Cancellation)).Should().Be(1);
        var again = (await ClaimAsync(At(4))).Single(each => each.SubscriptionId == "feed");
        (await Notifications.SettleAsync(again, At(5), Cancellation)).Should().BeTrue();
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(2);
        (await FoundAsync("feed")).Should().Equal(1, 3);
        (await Store.Retention.RemoveOccurrencesAsync(At(9), 9, Cancellation))
            .Should()
            .Be(0, "two are untold, one is to be sent");
    }

    [Theory]
    [InlineData(SubscriptionStatus.Requested)]
    [InlineData(SubscriptionStatus.Off)]
    [InlineData(SubscriptionStatus.Error)]
    public async Task A_subscription_that_takes_no_events_leaves_obligations_open_for_its_activation(
        SubscriptionStatus status
    )
    {
        await SaveAsync(Make.Subscription("s", status: status));
        await HitAsync("o1", 0, child: 1);
        await HitAsync("o2", 1, child: 2);
        (await NumberAsync()).Should().Be(0);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Should().Be((2, At(0)));

        await SaveAsync(Make.Subscription("s", version: 2));

        (await NumberAsync()).Should().Be(2);
        (await EventsAsync("s")).SelectMany(e => e.Occurrences).Should().Equal("o1", "o2");
    }

    [Fact]
    public async Task A_later_subscription_gets_only_what_is_not_settled_yet()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0, child: 1);
        await NumberAsync();
        await SettleAllAsync();
        await HitAsync("o2", 1, child: 2);
        await NumberAsync();

        await SaveAsync(Make.Subscription("t"));
        (await NumberAsync()).Should().Be(1);

        (await EventsAsync("t")).Single().Occurrences.Should().Equal("o2");
        (await EventsAsync("t")).Single().Number.Should().Be(1);
    }

    [Fact]
    public async Task A_subscription_that_is_off_for_a_while_misses_nothing_and_repeats_nothing()
    {
        await SaveAsync(Make.Subscription("s"));
        await HitAsync("o1", 0, child: 1);
        await NumberAsync();
        await SaveAsync(Make.Subscription("s", status: SubscriptionStatus.Off, version: 2));
        await HitAsync("o2", 1, child: 2);
        (await NumberAsync()).Should().Be(0);
        (await ClaimAsync()).Should().BeEmpty();

        await SaveAsync(Make.Subscription("s", version: 3, maxCount: 5));
        await NumberAsync();

        (await ClaimAsync()).Single().Events.SelectMany(e => e.Occurrences).Should().Equal("o1", "o2");
    }

    [Fact]
    public async Task An_activated_subscription_in_error_still_takes_events()
    {
        var subscription = Make.Subscription("s", status: SubscriptionStatus.Error);
        await SaveAsync(subscription with { Subscription = subscription.Subscription! with { Activated = true } });
        await HitAsync("o1", 0);

        (await NumberAsync()).Should().Be(1);
        (await ClaimAsync()).Should().ContainSingle();
    }
}
