using System.Net;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace CpIs.Fhir.Server.Tests.Notifications;

public sealed class WebhookSenderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly byte[] Body = "{\"resourceType\":\"Bundle\"}"u8.ToArray();

    [Fact]
    public async Task A_notification_arrives_to_the_letter_signed_and_with_the_headers_asked_for()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);

        var outcome = await sender.SendAsync(
            To(receiver.Url) with
            {
                Headers = ["Authorization: Bearer s3cret", "X-Key: a b"],
            },
            Stop
        );

        outcome.Should().Be(new SendOutcome(SendResult.Accepted, 204));
        var post = receiver.Posts.Single();
        post.Body.Should().Equal(Body);
        post.Headers["content-type"].Should().Be("application/fhir+json");
        post.Headers["authorization"].Should().Be("Bearer s3cret");
        post.Headers["x-key"].Should().Be("a b");
        Guid.TryParse(post.Headers["x-request-id"], out _).Should().BeTrue();
        post.Headers.Keys.Should().NotContain(["cookie", "traceparent", "expect"]);
        var keys = WebhookKeySet.Read(new WebhookKeys(engine.Keys, engine.Time).KeySet());
        post.IsSignedBy(keys, engine.Time.GetUtcNow()).Should().BeTrue();
        post.IsSignedBy(keys, engine.Time.GetUtcNow().AddMinutes(6)).Should().BeFalse();
    }

    [Fact]
    public async Task Each_attempt_is_signed_afresh_and_by_both_keys_during_a_rotation()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        var webhookKeys = new WebhookKeys(engine.Keys, engine.Time);
        var oldSet = WebhookKeySet.Read(webhookKeys.KeySet());
        await sender.SendAsync(To(receiver.Url), Stop);
        engine.Time.Advance(TimeSpan.FromHours(1));
        await engine.Keys.RotateAsync("webhook", Stop);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        await sender.SendAsync(To(receiver.Url), Stop);

        var newSet = WebhookKeySet.Read(webhookKeys.KeySet());
        newSet.Should().HaveCount(2);
        var (first, second) = (receiver.Posts.First(), receiver.Posts.Last());
        first.Headers["webhook-id"].Should().Be(second.Headers["webhook-id"]);
        first.Headers["webhook-timestamp"].Should().NotBe(second.Headers["webhook-timestamp"]);
        second.Headers["webhook-signature"].Split(' ').Should().HaveCount(2);
        second.IsSignedBy(oldSet, engine.Time.GetUtcNow()).Should().BeTrue("its receiver may not know the new key yet");
        second.IsSignedBy([newSet[0]], engine.Time.GetUtcNow()).Should().BeTrue();
    }

    [Theory]
    [InlineData(200, SendResult.Accepted)]
    [InlineData(202, SendResult.Accepted)]
    [InlineData(301, SendResult.Failed)]
    [InlineData(400, SendResult.Failed)]
    [InlineData(401, SendResult.Failed)]
    [InlineData(410, SendResult.Gone)]
    [InlineData(429, SendResult.Failed)]
    [InlineData(500, SendResult.Failed)]
    public async Task Only_2xx_is_taken_and_only_410_ends_it(int status, SendResult result)
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "120";
            return Task.CompletedTask;
        };

        var outcome = await sender.SendAsync(To(receiver.Url), Stop);

        (outcome.Result, outcome.HttpStatus).Should().Be((result, status));
        if (result != SendResult.Accepted)
        {
            outcome.Error.Should().Be($"error-response: HTTP {status}");
            outcome.RetryAfter.Should().Be(TimeSpan.FromSeconds(120));
        }
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var elsewhere = await Receiver.StartAsync();
        using var sender = Sender(engine);
        receiver.Answer = (context, _) =>
        {
            context.Response.Redirect(elsewhere.Url, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };

        (await sender.SendAsync(To(receiver.Url), Stop)).HttpStatus.Should().Be(307);
        elsewhere.Posts.Should().BeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_in_time_has_failed()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        var arrived = new TaskCompletionSource();
        receiver.Answer = async (context, _) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        var sending = sender.SendAsync(To(receiver.Url), Stop);
        await arrived.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(20));

        (await sending).Error.Should().Be("no-response: no answer within 20 s");
    }

    [Fact]
    public async Task An_endless_answer_is_cut()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        var chunk = new byte[1_024];
        var cut = new TaskCompletionSource();
        receiver.Answer = async (context, _) =>
        {
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
            catch (OperationCanceledException) { }

            cut.SetResult();
        };

        (await sender.SendAsync(To(receiver.Url), Stop)).Result.Should().Be(SendResult.Accepted);
        await Eventually.EndsAsync(cut.Task);
    }

    [Fact]
    public async Task Nobody_at_the_port_has_failed()
    {
        await using var engine = await Engine.StartAsync();
        var receiver = await Receiver.StartAsync();
        var url = receiver.Url;
        await receiver.DisposeAsync();
        using var sender = Sender(engine);

        (await sender.SendAsync(To(url), Stop)).Error.Should().Be("no-response: connection failed (ConnectionRefused)");
    }

    [Fact]
    public async Task Stopping_is_no_outcome()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        using var stopping = new CancellationTokenSource();
        receiver.Answer = (_, _) => stopping.CancelAsync();

        await FluentActions
            .Awaiting(() => sender.SendAsync(To(receiver.Url), stopping.Token))
            .Should()
            .ThrowAsync<OperationCanceledException>();
    }

    public static TheoryData<string, string[]> Inside =>
        new()
        {
            { "https://10.0.0.1/", [] },
            { "https://169.254.169.254/latest/meta-data", [] },
            { "https://[::1]/", [] },
            { "https://[::ffff:127.0.0.1]/", [] },
            { "https://[fe80::1]/", [] },
            { "https://rebind.example.org/", ["127.0.0.1"] },
            { "https://rebind.example.org/", ["::1"] },
            { "https://rebind.example.org/", ["192.168.1.1"] },
            { "https://rebind.example.org/", ["100.64.0.1"] },
            { "https://rebind.example.org/", ["8.8.8.8", "10.0.0.1"] },
            { "https://rebind.example.org/", ["64:ff9b::a00:1"] },
            { "https://rebind.example.org/", ["2002:7f00:1::"] },
            { "https://rebind.example.org/", ["::ffff:10.0.0.1"] },
        };

    [Theory]
    [MemberData(nameof(Inside))]
    public async Task Nothing_is_sent_into_a_private_network(string url, string[] addresses)
    {
        await using var engine = await Engine.StartAsync();
        var options = new NotificationOptions();
        using var sender = new WebhookSender(
            options,
            new WebhookKeys(engine.Keys, engine.Time),
            engine.Ids,
            engine.Time,
            (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
        );

        (await sender.SendAsync(To(url), Stop))
            .Error.Should()
            .Be("dns-resolution-error: the host resolves to an address that is not public");
    }

    [Fact]
    public async Task In_demo_only_loopback_is_open_besides_the_internet()
    {
        static Task<IPAddress[]> Resolve(string host, CancellationToken cancellation) =>
            Task.FromResult(new[] { IPAddress.Parse(host == "mixed" ? "10.0.0.1" : "127.0.0.1"), IPAddress.Loopback });
        var demo = new CheckedConnection(true, Resolve);
        var real = new CheckedConnection(false, Resolve);

        (await demo.CheckAsync("localhost", plain: true, Stop)).Should().HaveCount(2);
        await Blocked(() => demo.CheckAsync("mixed", plain: false, Stop));
        await Blocked(() => demo.CheckAsync("8.8.8.8", plain: true, Stop));
        await Blocked(() => real.CheckAsync("localhost", plain: true, Stop));
        await Blocked(() => real.CheckAsync("localhost", plain: false, Stop));
        (await real.CheckAsync("8.8.8.8", plain: false, Stop)).Should().ContainSingle();

        static async Task Blocked(Func<Task> check) =>
            await FluentActions.Awaiting(check).Should().ThrowAsync<BlockedAddressException>();
    }

    [Fact]
    public async Task A_health_network_that_the_operator_lists_is_open_and_no_other_private_one()
    {
        static Task<IPAddress[]> Resolve(string host, CancellationToken cancellation) =>
            Task.FromResult(new[] { IPAddress.Parse(host) });
        var connection = new CheckedConnection(false, Resolve, "10.202.0.0/16, fc00:12::/32");

        (await connection.CheckAsync("10.202.7.9", plain: false, Stop)).Should().ContainSingle();
        (await connection.CheckAsync("fc00:12::7", plain: false, Stop)).Should().ContainSingle();
        foreach (var closed in new[] { "10.203.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1" })
            await FluentActions
                .Awaiting(() => connection.CheckAsync(closed, plain: false, Stop))
                .Should()
                .ThrowAsync<BlockedAddressException>(closed);
        await FluentActions
            .Awaiting(() => connection.CheckAsync("10.202.7.9", plain: true, Stop))
            .Should()
            .ThrowAsync<BlockedAddressException>("it is https all the same");
    }

    [Fact]
    public async Task A_slow_body_behind_a_2xx_is_read_for_a_second_and_the_2xx_counts()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async (context, _) =>
        {
            await context.Response.WriteAsync("a", Stop);
            await context.Response.Body.FlushAsync(Stop);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        var sending = sender.SendAsync(To(receiver.Url), Stop);
        await begun.Task;
        await Eventually.TrueAsync(() =>
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(100));
            return sending.IsCompleted;
        });

        (await sending).Should().Be(new SendOutcome(SendResult.Accepted, 200));
    }

    [Fact]
    public async Task Paths_that_hang_take_nothing_from_another_path_of_their_host()
    {
        await using var engine = await Engine.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(engine);
        using var ends = new CancellationTokenSource();
        receiver.Answer = (context, post) =>
            post.Url.Contains("hang", StringComparison.Ordinal)
                ? Task.Delay(Timeout.Infinite, context.RequestAborted)
                : Task.CompletedTask;

        var hanging = Enumerable
            .Range(0, 40)
            .Select(i => sender.SendAsync(To($"{receiver.Url}/hang{i}"), ends.Token))
            .ToList();
        await Eventually.TrueAsync(() => receiver.Posts.Count == hanging.Count);

        (await sender.SendAsync(To(receiver.Url), Stop)).Result.Should().Be(SendResult.Accepted);
        hanging.Should().OnlyContain(attempt => !attempt.IsCompleted);
        await ends.CancelAsync();
        await Task.WhenAll(hanging).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static WebhookSender Sender(Engine engine) =>
        new(engine.Options, new WebhookKeys(engine.Keys, engine.Time), engine.Ids, engine.Time);

    private static OutgoingNotification To(string url) =>
        new(NotificationId.Of("s1", []), new Uri(url), "application/fhir+json", [], Body, TimeSpan.FromSeconds(20));
}
