using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Receivers that fail, hang or are gone: nothing is lost, order is kept, and nobody else waits.</summary>
public sealed class FailingReceiverTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_failed_handshake_is_an_error_until_the_client_asks_again()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender { Answer = _ => Task.FromResult(ScriptedSender.Http(500)) };
        var dispatcher = engine.Dispatcher(sender);
        await engine.LookUpAsync();
        var id = await engine.SubscribeAsync(Engine.Hook);

        await engine.RunAfterAsync(Second, dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromHours(2), dispatcher);

        sender.Sent.Should().ContainSingle("the server never asks again by itself");
        var stored = await engine.ReadAsync(id);
        stored.Subscription!.TakesEvents.Should().BeFalse();
        System
            .Text.Encoding.UTF8.GetString(stored.Body.Span)
            .Should()
            .Contain("\"error\":\"Handshake: error-response: HTTP 500\"");

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        (await engine.UpdateAsync(id, Engine.Hook, "requested")).Refusal.Should().BeNull();
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);

        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
        sender.Events.Should().ContainSingle("what happened meanwhile is told");
    }

    [Fact]
    public async Task A_failure_is_tried_again_under_the_same_id_by_the_schedule_until_it_is_taken()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        var replies = new Queue<SendOutcome>([
            ScriptedSender.Http(500),
            ScriptedSender.Http(401),
            ScriptedSender.Http(302),
            new(SendResult.Failed, null, DeliveryError.NoResponse("TLS failed")),
            ScriptedSender.Ok,
        ]);
        sender.Answer = _ => Task.FromResult(replies.Dequeue());
        await engine.LookUpAsync();

        await Engine.RunAsync(dispatcher);
        foreach (
            var (wait, attempts) in new[]
            {
                (1, 1),
                (4, 1),
                (1, 2),
                (29, 2),
                (1, 3),
                (119, 3),
                (1, 4),
                (300, 5),
                (9_000, 5),
            }
        )
        {
            await engine.RunAfterAsync(TimeSpan.FromSeconds(wait), dispatcher);
            sender.Events.Should().HaveCount(attempts, $"after {wait} s more");
        }

        sender.Events.Select(e => e.Id).Distinct().Should().ContainSingle();
        engine.Attempts.Select(a => a.Attempt).Should().Equal(1, 1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(503, retryAfter: 600));
        await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);

        await engine.RunAfterAsync(Second, dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(599), dispatcher);
        sender.Events.Should().ContainSingle();
        await engine.RunAfterAsync(Second, dispatcher);
        sender.Events.Should().HaveCount(2);
    }

    [Fact]
    public async Task After_fifteen_minutes_of_failure_the_status_is_error_and_attempts_go_on()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(500));
        await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);
        for (var minutes = 0; minutes < 14; minutes++)
            await engine.RunAfterAsync(TimeSpan.FromMinutes(1), dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);

        await engine.RunAfterAsync(TimeSpan.FromMinutes(15), dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Error);
        engine.Moves.Last().Reason.Should().Contain("HTTP 500");

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        var ledger = await engine.Store.ReadLedgerAsync(id, Stop);
        ledger.Undelivered.Should().Be(0);
        ledger.LastError.Should().BeNull();
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Error, "only the client sets it back");
        await engine.UpdateAsync(id, Engine.Hook, "requested");
        await Engine.RunAsync(dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
    }

    [Fact]
    public async Task A_receiver_that_is_back_gets_all_that_waits_at_once_oldest_first()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(500));
        for (var i = 0; i < 3; i++)
            await engine.LookUpAsync($"55500000000{i}");
        for (var i = 0; i < 40; i++)
            await engine.RunAfterAsync(TimeSpan.FromMinutes(2), dispatcher);
        var before = sender.Events.Count();

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        for (var i = 0; i < 3; i++)
            await engine.RunAfterAsync(Second, dispatcher);

        sender.Events.Skip(before).Select(e => e.Notification.Events.Single().Number).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Gone_ends_the_Subscription_and_loses_nothing()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(410));
        await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromHours(3), dispatcher);

        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Off);
        engine.Moves.Should().Contain(m => m.Status == SubscriptionStatus.Off, "an alarm is raised");
        sender.Events.Should().ContainSingle();
        (await engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(1);
    }

    [Fact]
    public async Task A_dead_endpoint_holds_up_nobody_else()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        await engine.SubscribeAsync(Engine.Hook);
        await engine.SubscribeAsync("https://other.example.org/", Engine.OtherAuthority);
        await Engine.RunAsync(dispatcher);
        using var dead = new CancellationTokenSource();
        var never = Task.Delay(Timeout.Infinite, dead.Token);
        sender.Answer = async sent =>
        {
            if (sent.Endpoint.Host == "hooks.example.org")
                await never;
            return ScriptedSender.Ok;
        };

        for (var i = 0; i < 5; i++)
        {
            await engine.LookUpAsync($"55500000000{i}");
            await engine.LookUpAsync($"55500000000{i}", Engine.OtherAuthority);
        }

        using var stopping = new CancellationTokenSource();
        var seconds = 0;
        await Eventually.TrueAsync(async () =>
        {
            await dispatcher.StepAsync(stopping.Token);
            if (seconds++ < 40)
                engine.Time.Advance(Second);
            return sender.Sent.Count(s => s.Endpoint.Host == "other.example.org") == 6;
        });
        sender
            .Sent.Count(s => s.Endpoint.Host == "hooks.example.org")
            .Should()
            .Be(2, "the handshake, and the one attempt that is under way");
        await stopping.CancelAsync();
        await dispatcher.WhenQuietAsync();
    }

    [Fact]
    public async Task Any_number_of_handshakes_that_nobody_answers_keeps_no_event_waiting()
    {
        await using var engine = await Engine.StartAsync(
            new NotificationOptions
            {
                AllowLoopbackHttp = true,
                Jitter = 0,
                MaxInFlight = 4,
            }
        );
        var never = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sender = new ScriptedSender
        {
            Answer = n =>
                n.Endpoint.Host.StartsWith("silent", StringComparison.Ordinal)
                    ? never.Task
                    : Task.FromResult(ScriptedSender.Ok),
        };
        var dispatcher = engine.Dispatcher(sender);
        await engine.SubscribeAsync(Engine.Hook);
        await Engine.RunAsync(dispatcher);
        for (var i = 0; i < 10; i++)
            await engine.SubscribeAsync($"https://silent{i}.example.org/cpis", Engine.OtherAuthority);
        await dispatcher.StepAsync(Stop);

        await engine.LookUpAsync();
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Second);
        await dispatcher.StepAsync(Stop);

        await Eventually.TrueAsync(() => sender.Events.Any());
        never.SetResult(ScriptedSender.Ok);
        await dispatcher.WhenQuietAsync();
    }
}
