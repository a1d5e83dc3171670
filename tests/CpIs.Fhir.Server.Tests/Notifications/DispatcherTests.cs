using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Tests.Notifications;

public sealed class DispatcherTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_Subscription_shakes_hands_becomes_active_and_is_told_of_each_access_by_number()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var id = await engine.SubscribeAsync(Engine.Hook);

        await Engine.RunAsync(dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
        sender.Read.Single().Notification.Type.Should().Be(NotificationType.Handshake);

        var first = await engine.LookUpAsync("555000000001");
        var second = await engine.LookUpAsync("555000000002");
        await Engine.RunAsync(dispatcher);
        sender.Events.Should().BeEmpty("a new event waits a second for others to join it");
        await engine.RunAfterAsync(Second, dispatcher);

        sender.Events.Select(e => e.Notification.Events.Single().Number).Should().Equal(1, 2);
        sender
            .Events.Select(e => e.Notification.Events.Single().References.Single())
            .Should()
            .Equal($"{Engine.Base}/AuditEvent/{first}", $"{Engine.Base}/AuditEvent/{second}");
        sender.Events.Last().Notification.EventCount.Should().Be(2);
        sender.Events.Last().Notification.Subscription.Should().Be($"{Engine.Base}/Subscription/{id}");
        (await engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(0);
        engine.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task Those_that_wait_of_a_suspended_authority_do_not_keep_anothers_from_its_handshake()
    {
        await using var engine = await Engine.StartAsync(
            new NotificationOptions { AllowLoopbackHttp = true, MaxInFlight = 2 }
        );
        var dispatcher = engine.Dispatcher(new ScriptedSender());
        for (var i = 0; i < 5; i++)
            await engine.SubscribeAsync(Engine.Hook);
        engine.Time.Advance(Second);
        var other = await engine.SubscribeAsync(Engine.Hook, Engine.OtherAuthority);
        engine.Suspend(Engine.Authority);

        await Engine.RunAsync(dispatcher);

        (await engine.StatusAsync(other)).Should().Be(SubscriptionStatus.Active);
    }

    [Fact]
    public async Task An_authority_has_no_more_Subscriptions_that_are_not_off_than_the_limit()
    {
        await using var engine = await Engine.StartAsync(
            new NotificationOptions { AllowLoopbackHttp = true, MaxSubscriptions = 2 }
        );
        var first = await engine.SubscribeAsync(Engine.Hook);
        await engine.SubscribeAsync(Engine.Hook);
        var off = await engine.SubscribeAsync(Engine.Hook, status: "off");

        var body = System.Text.Encoding.UTF8.GetBytes(Engine.Json(Engine.Hook, "requested", null, 1, ""));
        (await engine.Subscriptions.CreateAsync(Engine.Write(body), TestContext.Current.CancellationToken))
            .Refusal!.Issues.Single()
            .Rule.Should()
            .Be("cpis-subscription-limit");
        (await engine.UpdateAsync(off, Engine.Hook, "requested"))
            .Refusal!.Kind.Should()
            .Be(CpIs.Fhir.Core.RefusalKind.Rule);
        (await engine.UpdateAsync(first, Engine.Hook, "requested")).Refusal.Should().BeNull("it is one of the two");
        await engine.SubscribeAsync(Engine.Hook, Engine.OtherAuthority);

        (await engine.UpdateAsync(first, Engine.Hook, "off")).Refusal.Should().BeNull();
        (await engine.UpdateAsync(off, Engine.Hook, "requested")).Refusal.Should().BeNull();
    }

    [Fact]
    public async Task What_happened_before_the_first_activation_is_told_then()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        for (var i = 0; i < 3; i++)
            await engine.LookUpAsync($"55500000000{i}");
        await engine.RunAfterAsync(Second, dispatcher);
        sender.Sent.Should().BeEmpty();

        await engine.SubscribeAsync(Engine.Hook, maxCount: 100);
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);

        sender.Events.Single().Notification.Events.Select(e => e.Number).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Look_ups_that_raced_become_one_event_with_several_references()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        await engine.SubscribeAsync(Engine.Hook);
        await Engine.RunAsync(dispatcher);

        var one = await engine.LookUpAsync();
        var two = await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);

        sender
            .Events.Single()
            .Notification.Events.Single()
            .References.Should()
            .Equal($"{Engine.Base}/AuditEvent/{one}", $"{Engine.Base}/AuditEvent/{two}");
    }

    [Fact]
    public async Task A_server_that_dies_after_sending_repeats_under_the_same_id()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);
        engine.Time.Advance(Second);
        using var dying = new CancellationTokenSource();
        sender.Answer = async _ =>
        {
            await dying.CancelAsync();
            throw new OperationCanceledException(dying.Token); // The receiver has it; we never learn of it.
        };
        await dispatcher.StepAsync(dying.Token);
        await dispatcher.WhenQuietAsync();
        await engine.RestartAsync();

        var after = new ScriptedSender();
        var successor = engine.Dispatcher(after);
        await Engine.RunAsync(successor);

        after.Events.Single().Id.Should().Be(sender.Events.Single().Id);
        await engine.RunAfterAsync(TimeSpan.FromHours(3), successor);
        after.Events.Should().ContainSingle("delivered is delivered");
    }

    [Fact]
    public async Task Two_servers_share_the_work_and_send_nothing_twice()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, one, _) = await engine.ActiveAsync();
        var other = engine.Dispatcher(sender);
        for (var i = 0; i < 8; i++)
            await engine.LookUpAsync($"55500000000{i}");

        for (var i = 0; i < 10; i++)
        {
            engine.Time.Advance(Second);
            await Task.WhenAll(Engine.RunAsync(one), Engine.RunAsync(other));
        }

        sender.Events.Select(e => e.Notification.Events.Single().Number).Order().Should().Equal(1, 2, 3, 4, 5, 6, 7, 8);
    }

    [Fact]
    public async Task A_suspended_authority_is_told_nothing_until_it_is_back()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        await engine.LookUpAsync();
        var before = engine.Current;
        engine.Suspend(Engine.Authority);
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);
        sender.Events.Should().BeEmpty();

        engine.Current = before;
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        sender.Events.Should().ContainSingle();
    }

    [Fact]
    public async Task An_authority_is_told_of_its_own_children_only()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        await engine.LookUpAsync(authority: Engine.OtherAuthority);
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);

        sender.Events.Should().BeEmpty();
        (await engine.Store.ReadOpenObligationsAsync(Engine.OtherAuthority, Stop)).Count.Should().Be(1);
    }

    [Fact]
    public async Task Silence_for_a_heartbeat_period_brings_a_heartbeat_that_counts_nothing()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        await engine.RunAfterAsync(TimeSpan.FromHours(23), dispatcher);
        sender.Sent.Should().ContainSingle("only the handshake so far");

        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        sender.Read.Last().Notification.Type.Should().Be(NotificationType.Heartbeat);
        sender.Read.Last().Notification.EventCount.Should().Be(0);
        await engine.RunAfterAsync(TimeSpan.FromMinutes(1), dispatcher);
        sender.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_Subscription_ends_when_its_end_has_come()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var id = await engine.SubscribeAsync(Engine.Hook, extra: "\"end\": \"2026-11-20T23:00:00Z\",");
        await Engine.RunAsync(dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);

        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Off);
    }

    [Fact]
    public async Task Off_stops_the_telling_and_requested_resumes_it_where_it_stood()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        await engine.UpdateAsync(id, Engine.Hook, "off");
        await engine.LookUpAsync();
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        sender.Events.Should().BeEmpty();

        await engine.UpdateAsync(id, Engine.Hook, "requested");
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);
        sender.Events.Single().Notification.Events.Single().Number.Should().Be(1);
    }

    [Fact]
    public async Task A_new_endpoint_is_told_nothing_before_its_own_handshake()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(500));
        await engine.UpdateAsync(id, "https://new.example.org/", "requested");
        await engine.LookUpAsync();
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);

        sender.Sent.Count(s => s.Endpoint.Host == "new.example.org").Should().Be(1, "only the handshake");
        (await engine.ReadAsync(id)).Subscription!.TakesEvents.Should().BeFalse();
    }
}
