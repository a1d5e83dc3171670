using System.Globalization;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>A failure belongs to the endpoint: one that hangs, fails, is busy or never takes one of its events holds up nobody else.</summary>
public sealed class IsolationOfEndpointsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eighty_endpoints_that_hang_keep_no_place_from_the_others()
    {
        await using var engine = await Engine.StartAsync(
            new NotificationOptions
            {
                AllowLoopbackHttp = true,
                Jitter = 0,
                MaxSubscriptions = 100,
            }
        );
        var hangs = false;
        var never = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sender = new ScriptedSender
        {
            Answer = sent =>
                hangs && sent.Endpoint.Host.StartsWith("hangs", StringComparison.Ordinal)
                    ? never.Task
                    : Task.FromResult(ScriptedSender.Ok),
        };
        var dispatcher = engine.Dispatcher(sender);
        for (var i = 0; i < 80; i++)
            await engine.SubscribeAsync($"https://hangs{i}.example.org/");
        await engine.SubscribeAsync("https://healthy.example.org/", Engine.OtherAuthority);
        for (var i = 0; i < 8; i++)
            await Engine.RunAsync(dispatcher);
        hangs = true;

        await engine.LookUpAsync();
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(engine.Options.Quiet);
        await dispatcher.StepAsync(Stop);
        await Eventually.TrueAsync(() => sender.Events.Count() == engine.Options.MaxInFlight);
        await engine.LookUpAsync(authority: Engine.OtherAuthority);
        engine.Time.Advance(engine.Options.Quiet);
        (await dispatcher.StepAsync(Stop)).Should().BeLessThan(Dispatcher.GivesPlaceAfter, "then there is a place");
        sender.Events.Should().HaveCount(engine.Options.MaxInFlight, "all places are taken by those that hang");

        engine.Time.Advance(Dispatcher.GivesPlaceAfter);
        await dispatcher.StepAsync(Stop);
        await Eventually.TrueAsync(() =>
            sender.Sent.Any(sent => sent.Endpoint.Host == "healthy.example.org" && IsEvent(sent))
        );

        never.SetResult(ScriptedSender.Ok);
        await dispatcher.WhenQuietAsync();
    }

    [Fact]
    public async Task After_one_503_all_that_waits_is_sent_within_the_delay_and_in_order()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        for (var i = 0; i < 21; i++)
            await engine.LookUpAsync(Person(i));
        var replies = new Queue<SendOutcome>([ScriptedSender.Http(503)]);
        sender.Answer = _ => Task.FromResult(replies.TryDequeue(out var reply) ? reply : ScriptedSender.Ok);

        await TellAsync(engine, dispatcher);
        sender.Events.Should().ContainSingle("the others wait behind it");
        await engine.RunAfterAsync(TimeSpan.FromSeconds(5), dispatcher);

        Numbers(sender).Should().Equal([1, .. Enumerable.Range(1, 21).Select(n => (long)n)]);
    }

    [Fact]
    public async Task An_event_that_is_always_refused_is_tried_alone_and_set_aside_and_the_others_arrive()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var id = await engine.SubscribeAsync(Engine.Hook, maxCount: 10);
        await Engine.RunAsync(dispatcher);
        sender.Answer = sent =>
            Task.FromResult(NumbersOf(sent).Contains(3) ? ScriptedSender.Http(400) : ScriptedSender.Ok);
        for (var i = 0; i < 25; i++)
            await engine.LookUpAsync(Person(i));

        await TellAsync(engine, dispatcher);

        (await UndeliveredAsync(engine, id)).Should().Equal(3);
        engine.Asides.Should().Equal((id, 3L));
        (await engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
        (await engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(1, "it is untold");
        sender.Sent.Count(sent => NumbersOf(sent).Contains(3)).Should().Be(2, "once with others, once alone");

        await engine.RunAfterAsync(TimeSpan.FromMinutes(59), dispatcher);
        await engine.LookUpAsync(Person(30));
        await TellAsync(engine, dispatcher);
        sender.Sent.Count(sent => NumbersOf(sent).Contains(3)).Should().Be(2);
        await engine.RunAfterAsync(TimeSpan.FromMinutes(1), dispatcher);
        sender.Sent.Count(sent => NumbersOf(sent).Contains(3)).Should().Be(3, "it is tried each hour");

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        (await UndeliveredAsync(engine, id)).Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_is_set_aside_is_tried_by_the_schedule_when_its_endpoint_fails()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = sent =>
            Task.FromResult(NumbersOf(sent).Contains(1) ? ScriptedSender.Http(400) : ScriptedSender.Ok);
        await engine.LookUpAsync(Person(1));
        await engine.LookUpAsync(Person(2));
        await TellAsync(engine, dispatcher);
        engine.Asides.Should().Equal((id, 1L));

        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(500));
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        var tried = sender.Events.Count();
        (await dispatcher.StepAsync(Stop)).Should().BePositive("it rests, and the engine with it");
        await engine.RunAfterAsync(TimeSpan.FromSeconds(5), dispatcher);
        (await dispatcher.StepAsync(Stop)).Should().BePositive();
        sender.Events.Should().HaveCount(tried + 1);

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(30), dispatcher);
        (await UndeliveredAsync(engine, id)).Should().BeEmpty();
        (await engine.Store.ReadNextDueAsync(Stop)).Should().BeNull();
    }

    [Fact]
    public async Task When_every_event_is_refused_the_endpoint_fails_and_nothing_is_set_aside()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(400));
        for (var i = 0; i < 5; i++)
            await engine.LookUpAsync(Person(i));

        await TellAsync(engine, dispatcher);
        Numbers(sender).Should().Equal(1, 2);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(4), dispatcher);
        sender.Events.Should().HaveCount(2, "it rests");
        await engine.RunAfterAsync(Second, dispatcher);
        Numbers(sender).Should().Equal(1, 2, 1, 2);

        engine.Asides.Should().BeEmpty();
        (await engine.Store.ReadLedgerAsync(id, Stop)).Failures.Should().Be(2);
    }

    [Fact]
    public async Task No_more_than_twenty_events_are_set_aside()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = sent =>
            Task.FromResult(NumbersOf(sent).Single() % 2 == 1 ? ScriptedSender.Http(422) : ScriptedSender.Ok);
        for (var i = 0; i < 50; i++)
            await engine.LookUpAsync(Person(i));

        await TellAsync(engine, dispatcher);

        engine.Asides.Should().HaveCount(ApartEvents.MostAside);
        var ledger = await engine.Store.ReadLedgerAsync(id, Stop);
        ledger.Failures.Should().Be(1, "a full list means that the endpoint fails");
        (await UndeliveredAsync(engine, id)).Should().HaveCount(30);
    }

    [Fact]
    public async Task Retry_After_holds_for_the_endpoint_whatever_its_Subscriptions()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        for (var i = 0; i < 3; i++)
            await engine.SubscribeAsync(Engine.Hook);
        await Engine.RunAsync(dispatcher);
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(503, retryAfter: 60));
        await engine.LookUpAsync();
        await TellAsync(engine, dispatcher);
        var first = sender.Events.Count();

        await engine.LookUpAsync(Person(7));
        await engine.RunAfterAsync(TimeSpan.FromSeconds(58), dispatcher);
        sender.Events.Should().HaveCount(first, "it asked for a minute");

        var busy = 0;
        var most = 0;
        sender.Answer = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref busy));
            await Task.Delay(20, Stop);
            Interlocked.Decrement(ref busy);
            return ScriptedSender.Http(500);
        };
        await engine.RunAfterAsync(TimeSpan.FromSeconds(3), dispatcher);
        sender.Events.Should().HaveCountGreaterThan(first);
        most.Should().Be(1, "a failing endpoint has one attempt in progress");
    }

    [Fact]
    public async Task However_many_events_wait_a_receiver_that_fails_and_recovers_gets_them_at_full_speed()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        for (var i = 0; i < 300; i++)
            await engine.LookUpAsync(Person(i));
        var sent = 0;
        sender.Answer = _ => Task.FromResult(++sent % 10 == 0 ? ScriptedSender.Http(500) : ScriptedSender.Ok);

        for (var i = 0; i < 40; i++)
            await engine.RunAfterAsync(TimeSpan.FromSeconds(6), dispatcher);

        (await UndeliveredAsync(engine, id)).Should().BeEmpty("nine of ten are taken between two rests");
        engine.Attempts.Should().OnlyContain(attempt => attempt.Attempt <= 2);
    }

    [Fact]
    public async Task A_server_that_is_killed_with_events_in_hand_is_followed_at_once_where_the_lock_proves_it()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        sender.Answer = _ => new TaskCompletionSource<SendOutcome>().Task; // It is killed before it knows.
        await engine.LookUpAsync();
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Second);
        await dispatcher.StepAsync(Stop);
        await Eventually.TrueAsync(() => sender.Events.Any());

        await engine.RestartAsync();
        var after = new ScriptedSender();
        await Engine.RunAsync(engine.Dispatcher(after));

        after.Events.Single().Id.Should().Be(sender.Events.Single().Id);
    }

    [Fact]
    public async Task An_authority_that_is_refused_at_a_URL_does_not_make_another_rest_there()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var refused = await engine.SubscribeAsync(Engine.Hook);
        await engine.SubscribeAsync(Engine.Hook, Engine.OtherAuthority);
        await Engine.RunAsync(dispatcher);
        sender.Answer = sent =>
            Task.FromResult(SubscriptionOf(sent) == refused ? ScriptedSender.Http(401) : ScriptedSender.Ok);

        await engine.LookUpAsync();
        await TellAsync(engine, dispatcher);
        await engine.LookUpAsync(Person(2), Engine.OtherAuthority);
        await TellAsync(engine, dispatcher);

        (await engine.Store.ReadOpenObligationsAsync(Engine.OtherAuthority, Stop)).Count.Should().Be(0);
        (await engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(1);
    }

    [Fact]
    public async Task One_that_has_much_to_catch_up_with_gives_its_place_to_another()
    {
        await using var engine = await Engine.StartAsync(
            new NotificationOptions
            {
                AllowLoopbackHttp = true,
                Jitter = 0,
                MaxInFlight = 1,
            }
        );
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        await engine.SubscribeAsync("https://behind.example.org/");
        await engine.SubscribeAsync("https://other.example.org/", Engine.OtherAuthority);
        for (var i = 0; i < 4; i++)
            await Engine.RunAsync(dispatcher);
        for (var i = 0; i < 100; i++)
            await engine.LookUpAsync(Person(i));
        var go = new SemaphoreSlim(0);
        sender.Answer = async sent =>
        {
            if (sent.Endpoint.Host == "behind.example.org")
                await go.WaitAsync(Stop);
            return ScriptedSender.Ok;
        };
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Second);
        await dispatcher.StepAsync(Stop);
        go.Release(3);
        await Eventually.TrueAsync(() => sender.Events.Count() == 4);
        await engine.LookUpAsync(Person(200), Engine.OtherAuthority);
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Dispatcher.GivesPlaceAfter);

        await dispatcher.StepAsync(Stop);
        await Eventually.TrueAsync(() =>
            sender.Sent.Any(sent => sent.Endpoint.Host == "other.example.org" && IsEvent(sent))
        );

        go.Release(1_000);
        await dispatcher.WhenQuietAsync();
    }

    [Fact]
    public async Task A_receiver_that_was_repaired_gets_what_waits_as_soon_as_any_of_its_Subscriptions_was_taken()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var first = await engine.SubscribeAsync(Engine.Hook);
        await engine.SubscribeAsync(Engine.Hook);
        await Engine.RunAsync(dispatcher);
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(503, retryAfter: 3_000));
        await engine.LookUpAsync();
        await TellAsync(engine, dispatcher);

        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.UpdateAsync(first, Engine.Hook, "requested");
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Endpoints.AskAgain, dispatcher);

        (await UndeliveredAsync(engine, first)).Should().BeEmpty("its handshake was taken");
    }

    [Fact]
    public async Task A_receiver_that_was_repaired_during_an_attempt_is_tried_at_once()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        sender.Answer = async _ =>
        {
            sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
            await engine.UpdateAsync(id, Engine.Hook + "/new", "requested");
            return ScriptedSender.Http(500);
        };
        await engine.LookUpAsync();
        await TellAsync(engine, dispatcher);
        await TellAsync(engine, dispatcher);

        (await UndeliveredAsync(engine, id)).Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_is_passed_over_while_the_last_of_the_others_is_taken_elsewhere_is_sent_again()
    {
        await using var engine = await Engine.StartAsync();
        var (_, dispatcher, id) = await engine.ActiveAsync();
        await engine.LookUpAsync(Person(1));
        await engine.LookUpAsync(Person(2));
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Second);

        var terms = new ClaimTerms(engine.Time.GetUtcNow(), engine.Options.Lease, engine.Options.Quiet) { Notices = 1 };
        var first = (await engine.Store.ClaimDueAsync(terms, 10, Stop)).Single();
        var refused = first.State.AfterRefused(first.Events, terms.Now)!;
        var second = (await engine.Store.ClaimNextAsync(first, refused, terms, null, Stop))!;
        await engine.Store.SettleAsync(second, terms.Now, refused, tells: true, Stop); // And then it is killed.
        engine.Time.Advance(engine.Options.Lease);
        var last = terms with { Now = engine.Time.GetUtcNow() };
        await engine.Store.ClaimDueAsync(last, 10, Stop);

        await engine.RunAfterAsync(engine.Options.Lease, dispatcher);
        (await UndeliveredAsync(engine, id)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_stops_between_two_batches_leaves_the_rest_to_the_next_at_once()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        for (var i = 0; i < 5; i++)
            await engine.LookUpAsync(Person(i));
        await dispatcher.StepAsync(Stop);
        engine.Time.Advance(Second);
        using var stopping = new CancellationTokenSource();
        sender.Answer = async _ =>
        {
            await stopping.CancelAsync();
            return ScriptedSender.Ok;
        };
        await dispatcher.StepAsync(stopping.Token);
        await dispatcher.WhenQuietAsync();

        var after = new ScriptedSender();
        await Engine.RunAsync(engine.Dispatcher(after));

        (await UndeliveredAsync(engine, id)).Should().BeEmpty("nothing waits for a lease to lapse");
    }

    /// <summary>Numbers what there is, and sends it when it is no longer too new.</summary>
    private static async Task TellAsync(Engine engine, Dispatcher dispatcher)
    {
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(Second, dispatcher);
    }

    private static string Person(int i) => (555_000_000_100 + i).ToString(CultureInfo.InvariantCulture);

    private static bool IsEvent(OutgoingNotification sent) => NumbersOf(sent).Count > 0;

    private static List<long> NumbersOf(OutgoingNotification sent) =>
        NotificationReader.TryRead(sent.Body, out var read) ? [.. read.Events.Select(e => e.Number)] : [];

    private static string? SubscriptionOf(OutgoingNotification sent) =>
        NotificationReader.TryRead(sent.Body, out var read) ? read.Subscription.Split('/')[^1] : null;

    private static IEnumerable<long> Numbers(ScriptedSender sender) =>
        sender.Events.SelectMany(e => e.Notification.Events.Select(told => told.Number));

    private static async Task<IEnumerable<long>> UndeliveredAsync(Engine engine, string id) =>
        (await engine.Store.ReadEventsAsync(id, 1, long.MaxValue, 10_000, Stop))
            .Where(e => e.Delivered is null)
            .Select(e => e.Number);
}
