using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Server.Escalation;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Notifications;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CpIs.Fhir.Server.Tests.Escalation;

/// <summary>What is done each minute goes on whatever happens, on one server.</summary>
public sealed class MinuteServiceTests : IMinuteWork
{
    private readonly Queue<Exception?> _ends = new();
    private volatile int _runs;

    string IMinuteWork.Name => "work";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    Task IMinuteWork.RunAsync(CancellationToken cancellation)
    {
        _runs++;
        return _ends.TryDequeue(out var failure) && failure is not null
            ? Task.FromException(failure)
            : Task.CompletedTask;
    }

    void IMinuteWork.Rest() { }

    [Fact]
    public async Task A_store_that_does_not_answer_is_one_alarm_a_bug_is_logged_and_the_next_minute_it_is_done_again()
    {
        await using var engine = await Engine.StartAsync();
        var logs = new CollectedLogs();
        foreach (
            var end in new Exception?[]
            {
                null,
                new StoreUnavailableException("away"),
                new StoreUnavailableException("away"),
                new InvalidOperationException("a secret"),
                null,
            }
        )
            _ends.Enqueue(end);
        using var service = Service(engine, logs);
        await service.StartAsync(Stop);

        for (var minute = 1; minute <= 6; minute++)
        {
            var before = minute;
            await Eventually.TrueAsync(() => _runs == before);
            // The timer is set again only when the run has ended.
            await Eventually.TrueAsync(() =>
            {
                engine.Time.Advance(MinuteShift.Every / 20);
                return _runs > before;
            });
        }

        await service.StopAsync(Stop);
        logs.Lines.Where(line => line.Contains("ALARM work cannot be done: away")).Should().ContainSingle();
        logs.Lines.Where(line => line.Contains("work is done again")).Should().ContainSingle();
        logs.Lines.Where(line => line.Contains("work failed with InvalidOperationException")).Should().ContainSingle();
        logs.Text.Should().NotContain("a secret");
    }

    [Fact]
    public async Task When_a_server_stops_another_takes_over_at_its_next_minute()
    {
        await using var engine = await Engine.StartAsync();
        var logs = new CollectedLogs();
        using var one = Service(engine, logs);
        await one.StartAsync(Stop);
        await Eventually.TrueAsync(() => _runs == 1);
        await one.StopAsync(Stop);

        using var other = Service(engine, logs);
        await other.StartAsync(Stop);

        await Eventually.TrueAsync(() => _runs == 2);
        await other.StopAsync(Stop);
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_does_nothing()
    {
        await using var engine = await Engine.StartAsync();
        var logs = new CollectedLogs();
        using var service = Service(engine, logs, isUp: false);
        await service.StartAsync(Stop);
        await engine.Store.DisposeAsync();
        engine.Time.Advance(MinuteShift.Every);

        await service.StopAsync(Stop);

        _runs.Should().Be(0);
        logs.Lines.Should().BeEmpty();
    }

    private MinuteService Service(Engine engine, CollectedLogs logs, bool isUp = true)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        if (isUp)
            lifetime.NotifyStarted();
        return new MinuteService(
            this,
            new ServerLeases(engine.Store, engine.Ids, engine.Time),
            engine.Time,
            lifetime,
            LoggerFactory.Create(b => b.AddProvider(logs)).CreateLogger<MinuteService>()
        );
    }
}
