using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Server.Retention;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Notifications;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Retention;

/// <summary>The services of two servers on one store, with what the notification engine leaves behind.</summary>
public sealed class RetentionServiceTests
{
    private const string Hook = "https://receiver.example.org/cpis";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_thing_goes_when_its_own_days_are_over_and_what_is_owed_stays_for_ever()
    {
        await using var engine = await Engine.StartAsync();
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        var id = await engine.SubscribeAsync(Hook);
        await Engine.RunAsync(dispatcher);
        var told = await engine.LookUpAsync();
        var owed = await engine.LookUpAsync(authority: Engine.OtherAuthority);
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(1), dispatcher);
        sender.Events.Should().ContainSingle();
        var options = new RetentionOptions
        {
            EventsAfterDays = 90,
            OccurrencesAfterDays = 365,
            VersionsAfterDays = 200,
        };
        var run = Run(engine, options);

        (await RunAfterAsync(89)).IsWorthTelling.Should().BeFalse();
        (await RunAfterAsync(2)).Should().Be(new RetentionCounts { Events = 1, Expired = 2 }, "with what was tried");
        (await engine.Store.ReadEventsAsync(id, 1, 9, 9, Stop)).Should().BeEmpty();
        (await engine.Store.ReadLedgerAsync(id, Stop)).EventCount.Should().Be(1);
        (await engine.Store.ReadOccurrenceAsync(told, Stop)).Should().NotBeNull();

        (await RunAfterAsync(110)).Versions.Should().Be(1, "the Subscription as it was before its handshake");
        (await engine.Store.ReadAsync(RecordType.Subscription, id, null, Stop)).Should().NotBeNull();
        (await engine.Store.ReadAsync(RecordType.Subscription, id, 1, Stop)).Should().BeNull();

        (await RunAfterAsync(166)).Occurrences.Should().Be(2, "the told access and the creation of the Subscription");
        (await engine.Store.ReadOccurrenceAsync(told, Stop)).Should().BeNull();
        (await engine.Store.ReadOccurrenceAsync(owed, Stop)).Should().NotBeNull("its authority was never told");
        (await engine.Store.ReadOpenObligationsAsync(Engine.OtherAuthority, Stop)).Count.Should().Be(1);

        await engine.LookUpAsync();
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(1), dispatcher);
        sender.Events.Last().Notification.Events.Single().Number.Should().Be(2, "numbers go on");

        async Task<RetentionCounts> RunAfterAsync(int days)
        {
            engine.Time.Advance(TimeSpan.FromDays(days));
            var reported = new RetentionCounts();
            (await run.RunAsync(counts => reported = counts, Stop)).Should().BeTrue();
            return reported;
        }
    }

    [Fact]
    public async Task Two_servers_remove_once_each_hour_and_the_log_tells_numbers_only()
    {
        await using var engine = await Engine.StartAsync();
        var child = NewAccess(engine);
        await engine.Store.RecordAsync(child, Stop);
        var logs = new CollectedLogs();
        using var one = Service(engine, logs);
        using var other = Service(engine, logs);
        engine.Time.Advance(TimeSpan.FromDays(400));
        await one.StartAsync(Stop);
        await other.StartAsync(Stop);

        await UntilAsync(engine, async () => await ToldAsync(engine) == 1);
        await engine.Store.RecordAsync(NewAccess(engine) with { Time = engine.Time.GetUtcNow().AddDays(-400) }, Stop);
        await UntilAsync(engine, async () => await ToldAsync(engine) == 2);
        await one.StopAsync(Stop);
        await other.StopAsync(Stop);

        (await engine.Store.ReadOccurrenceAsync(child.Id, Stop)).Should().BeNull();
        logs.Lines.Where(l => l.Contains("1 occurrences", StringComparison.Ordinal)).Should().HaveCount(2);
        logs.Text.Should().NotContain(child.Child!.Value.Digits).And.NotContain(child.Id);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_logged_and_the_next_hour_is_tried_again()
    {
        await using var engine = await Engine.StartAsync();
        var logs = new CollectedLogs();
        using var service = Service(engine, logs);
        await engine.Store.DisposeAsync();
        await service.StartAsync(Stop);

        await UntilAsync(
            engine,
            () => Task.FromResult(logs.Lines.Count(l => l.Contains("cut off", StringComparison.Ordinal)) >= 2)
        );

        await service.StopAsync(Stop);
    }

    private static RetentionRun Run(Engine engine, RetentionOptions options) =>
        new(
            engine.Store,
            engine.Store,
            engine.Store,
            options,
            new RetentionPace(100, TimeSpan.Zero),
            new ServerLeases(engine.Store, engine.Ids, engine.Time),
            new RetentionRecord(engine.Store, engine, engine.Ids, engine.Time),
            engine.Time
        );

    private static RetentionService Service(Engine engine, CollectedLogs logs) =>
        new(
            Run(engine, new RetentionOptions { OccurrencesAfterDays = 365 }),
            engine.Time,
            LoggerFactory.Create(b => b.AddProvider(logs)).CreateLogger<RetentionService>()
        );

    private static Occurrence NewAccess(Engine engine) =>
        new()
        {
            Id = engine.Ids.Next(),
            Kind = OccurrenceKind.Access,
            Time = engine.Time.GetUtcNow(),
            ClientId = "ed",
            Organisation = Engine.Setting,
            OrganisationName = "An emergency department",
            CallerKind = Core.Callers.CallerKind.Setting,
            Interaction = "Flag",
            Child = Core.NhsNumber.Parse("9990000018"),
            Outcome = AccessOutcome.NothingHeld,
            RequestId = Guid.NewGuid().ToString(),
        };

    private static async Task<long> ToldAsync(Engine engine) =>
        (
            await engine.Store.SearchOccurrencesAsync(
                new OccurrenceQuery { Kind = OccurrenceKind.Administration },
                Stop
            )
        ).Total;

    /// <summary>
    /// Lets hours pass until it is so, a second of ours for each: the store's timeouts are told by the same clock, and a
    /// write that is under way must not meet an hour.
    /// </summary>
    private static Task UntilAsync(Engine engine, Func<Task<bool>> condition)
    {
        var looks = 0;
        return Eventually.TrueAsync(async () =>
        {
            if (looks++ % 100 == 0)
                engine.Time.Advance(RetentionRun.Every);
            return await condition();
        });
    }
}
