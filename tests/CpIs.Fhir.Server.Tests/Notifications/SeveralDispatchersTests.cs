using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Several servers on one store shake hands, keep in touch and end as one would.</summary>
public sealed class SeveralDispatchersTests
{
    private const string Hook = "https://receiver.example.org/cpis";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handshake_is_sent_by_one_of_them()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, servers) = Servers(engine, 4);
        for (var i = 0; i < 8; i++)
            await engine.SubscribeAsync(Hook);

        await StepTogetherAsync(servers, 4);

        sender.Read.Should().HaveCount(8).And.OnlyContain(n => n.Notification.Type == NotificationType.Handshake);
        sender.Sent.Select(s => s.Id).Should().OnlyHaveUniqueItems();
        engine.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task A_slow_handshake_is_not_asked_for_again_and_again_by_the_others()
    {
        await using var engine = await Engine.StartAsync();
        var leases = new CountedLeases(engine.Store);
        var answer = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sender = new ScriptedSender();
        sender.Answer = _ => sender.Sent.Count == 1 ? answer.Task : Task.FromResult(ScriptedSender.Ok);
        var (one, other) = (engine.Dispatcher(sender), engine.Dispatcher(sender, leases: leases));
        await engine.SubscribeAsync(Hook);
        await one.StepAsync(Stop);
        await Eventually.TrueAsync(() => !sender.Sent.IsEmpty);

        await Engine.RunAsync(other);
        var asked = leases.Asked;
        asked.Should().BePositive();
        for (var i = 0; i < 20; i++)
            await Engine.RunAsync(other);

        leases.Asked.Should().Be(asked);
        sender.Sent.Should().ContainSingle();
        answer.SetResult(ScriptedSender.Ok);
        await one.WhenQuietAsync();
        await engine.RunAfterAsync(TimeSpan.FromMinutes(2), other);
        sender.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_handshake_whose_server_died_is_repeated_by_another_when_its_lease_has_lapsed()
    {
        await using var engine = await Engine.StartAsync();
        var dying = new ScriptedSender { Answer = _ => new TaskCompletionSource<SendOutcome>().Task };
        var first = engine.Dispatcher(dying);
        var id = await engine.SubscribeAsync(Hook);
        await first.StepAsync(Stop);
        await Eventually.TrueAsync(() => !dying.Sent.IsEmpty);
        var (sender, servers) = Servers(engine, 2);

        await StepTogetherAsync(servers, 2);
        engine.Time.Advance(TimeSpan.FromSeconds(59));
        await StepTogetherAsync(servers, 2);
        sender.Sent.Should().BeEmpty("the first may still be sending");
        engine.Time.Advance(TimeSpan.FromSeconds(6));
        await StepTogetherAsync(servers, 2);

        sender.Read.Should().ContainSingle().Which.Id.Should().Be(dying.Read.Single().Id, "it is the same handshake");
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
    }

    [Fact]
    public async Task A_Subscription_gets_one_heartbeat_a_period_however_many_servers_there_are()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, servers) = Servers(engine, 3);
        await engine.SubscribeAsync(Hook);
        await StepTogetherAsync(servers, 3);
        sender.Sent.Should().ContainSingle();

        for (var quarter = 1; quarter <= 20; quarter++)
        {
            engine.Time.Advance(Period / 4 + Second);
            await StepTogetherAsync(servers, 2);
        }

        sender.Read.Count(n => n.Notification.Type == NotificationType.Heartbeat).Should().Be(5);
        engine.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task What_another_server_delivered_is_no_silence()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, servers) = Servers(engine, 2);
        await engine.SubscribeAsync(Hook);
        await StepTogetherAsync(servers, 2);
        var (tends, delivers) = (servers[0], servers[1]);
        await engine.RunAfterAsync(TimeSpan.FromMinutes(1), tends);

        for (var day = 0; day < 3; day++)
        {
            engine.Time.Advance(Period * 0.6);
            await engine.LookUpAsync();
            await Engine.RunAsync(delivers);
            await engine.RunAfterAsync(Second, delivers);
            sender.Events.Should().HaveCount(day + 1);
            await engine.RunAfterAsync(Period * 0.39, tends);
        }

        sender.Read.Should().NotContain(n => n.Notification.Type == NotificationType.Heartbeat);
        await engine.RunAfterAsync(Period * 0.62, tends);
        sender.Read.Last().Notification.Type.Should().Be(NotificationType.Heartbeat);
    }

    [Fact]
    public async Task When_the_server_that_tends_them_dies_another_does_so_after_its_lease()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, servers) = Servers(engine, 2);
        await engine.SubscribeAsync(Hook);
        await Engine.RunAsync(servers[0]);
        engine.Time.Advance(Period + Second);

        await engine.Store.TryHoldAsync("heartbeats", "dead", engine.Time.GetUtcNow(), 3 * Heartbeats.Every, Stop);
        await Engine.RunAsync(servers[1]);
        sender.Sent.Should().ContainSingle("the first may only be slow");
        await engine.RunAfterAsync(TimeSpan.FromSeconds(31), servers[1]);

        sender.Read.Last().Notification.Type.Should().Be(NotificationType.Heartbeat);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(31), servers[0]);
        sender.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task An_end_that_has_come_is_carried_out_once()
    {
        await using var engine = await Engine.StartAsync();
        var (_, servers) = Servers(engine, 3);
        var id = await engine.SubscribeAsync(Hook, extra: "\"end\": \"2026-11-20T23:00:00Z\",");
        await StepTogetherAsync(servers, 2);
        engine.Time.Advance(TimeSpan.FromHours(1));
        await StepTogetherAsync(servers, 2);

        engine.Moves.Count(m => m.Status == SubscriptionStatus.Off).Should().Be(1);
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Off);
    }

    private static (ScriptedSender Sender, IReadOnlyList<Dispatcher> Servers) Servers(Engine engine, int count)
    {
        var sender = new ScriptedSender();
        return (sender, [.. Enumerable.Range(0, count).Select(_ => engine.Dispatcher(sender))]);
    }

    private static async Task StepTogetherAsync(IReadOnlyList<Dispatcher> servers, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Task.WhenAll(servers.Select(s => Task.Run(() => s.StepAsync(Stop), Stop)));
            await Task.WhenAll(servers.Select(s => s.WhenQuietAsync()));
        }
    }

    private sealed class CountedLeases(ILeaseStore store) : ILeaseStore
    {
        public int Asked { get; private set; }

        public Task<bool> TryHoldAsync(
            string name,
            string holder,
            DateTimeOffset now,
            TimeSpan duration,
            CancellationToken cancellation
        )
        {
            Asked++;
            return store.TryHoldAsync(name, holder, now, duration, cancellation);
        }

        public Task ReleaseAsync(string name, string holder, CancellationToken cancellation) =>
            store.ReleaseAsync(name, holder, cancellation);
    }
}
