using System.Globalization;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>A claim is for many notices: each is noted at once, and the run ends as soon as anything is not as it was.</summary>
public sealed class RunOfNoticesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_taken_is_told_while_the_next_is_still_being_sent()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await FarBehindAsync(engine);
        var never = new TaskCompletionSource<SendOutcome>();
        var sent = 0;
        sender.Answer = _ => ++sent == 3 ? never.Task : Task.FromResult(ScriptedSender.Ok);
        await dispatcher.StepAsync(Stop);

        await Eventually.TrueAsync(async () => (await ToldAsync(engine, id)).SequenceEqual([1L, 2L]));

        never.SetResult(ScriptedSender.Ok);
        await dispatcher.WhenQuietAsync();
        (await ToldAsync(engine, id)).Should().Equal(1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task One_that_fails_ends_the_run_and_those_before_it_are_told()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await FarBehindAsync(engine);
        var sent = 0;
        sender.Answer = _ => Task.FromResult(++sent == 3 ? ScriptedSender.Http(503) : ScriptedSender.Ok);
        await Engine.RunAsync(dispatcher);

        (await ToldAsync(engine, id)).Should().Equal(1, 2);
        sent.Should().Be(3, "the endpoint rests");
        await engine.RunAfterAsync(TimeSpan.FromMinutes(1), dispatcher);
        (await ToldAsync(engine, id)).Should().Equal(1, 2, 3, 4, 5);
        NumbersSent(sender).Should().Equal(1, 2, 3, 3, 4, 5);
    }

    [Fact]
    public async Task Whose_authority_is_suspended_meanwhile_gets_nothing_more()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await FarBehindAsync(engine);
        sender.Answer = _ =>
        {
            if (NumbersSent(sender).Count() == 2)
                engine.Suspend(Engine.Authority);
            return Task.FromResult(ScriptedSender.Ok);
        };
        await Engine.RunAsync(dispatcher);

        NumbersSent(sender).Should().Equal(1, 2);
        (await ToldAsync(engine, id)).Should().Equal(1, 2);
    }

    [Fact]
    public async Task Whose_authority_ends_it_meanwhile_gets_nothing_more_after_a_tenth_of_a_second()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await FarBehindAsync(engine);
        sender.Answer = async _ =>
        {
            if (NumbersSent(sender).Count() == 2)
                await engine.UpdateAsync(id, Engine.Hook, "off");
            engine.Time.Advance(TimeSpan.FromMilliseconds(100));
            return ScriptedSender.Ok;
        };
        await Engine.RunAsync(dispatcher);

        NumbersSent(sender).Should().Equal(1, 2);
    }

    [Fact]
    public async Task What_is_taken_during_a_write_goes_into_the_next_and_a_failed_write_ends_all()
    {
        var writes = new List<(long[] Numbers, TaskCompletionSource<bool> Ends)>();
        var settlement = new Settlement(
            (events, _) =>
            {
                var ends = new TaskCompletionSource<bool>();
                writes.Add(([.. events.Select(each => each.Number)], ends));
                return ends.Task;
            }
        );
        Take(1);
        Take(2);
        Take(3);
        writes.Should().ContainSingle().Which.Numbers.Should().Equal(1);

        writes[0].Ends.SetResult(true);
        writes[1].Numbers.Should().Equal(2, 3);
        settlement.HasFailed.Should().BeFalse();
        Take(4);
        writes[1].Ends.SetResult(false);

        settlement.HasFailed.Should().BeTrue();
        (await settlement.WhenNotedAsync()).Should().BeFalse();
        Take(5);
        writes.Should().HaveCount(2, "somebody else has the Subscription");

        void Take(long number) =>
            settlement.Add([new NotificationEvent("s", number, default, [], null)], SendingState.Sound);
    }

    /// <summary>Five events that are numbered, and none of them sent.</summary>
    private static async Task<(ScriptedSender Sender, Dispatcher Dispatcher, string Id)> FarBehindAsync(Engine engine)
    {
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        for (var i = 0; i < 5; i++)
            await engine.LookUpAsync((555_000_000_100 + i).ToString(CultureInfo.InvariantCulture));
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        return (sender, dispatcher, id);
    }

    private static async Task<IEnumerable<long>> ToldAsync(Engine engine, string id) =>
        (await engine.Store.ReadEventsAsync(id, 1, long.MaxValue, 100, Stop))
            .Where(each => each.Delivered is not null)
            .Select(each => each.Number);

    private static IEnumerable<long> NumbersSent(ScriptedSender sender) =>
        sender.Events.SelectMany(sent => sent.Notification.Events.Select(each => each.Number));
}
