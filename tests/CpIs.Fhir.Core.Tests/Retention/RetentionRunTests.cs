using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Retention;

/// <summary>Of several servers one removes, once an hour; what it removed is on record once, in numbers.</summary>
public sealed class RetentionRunTests : IAsyncLifetime
{
    private static readonly OdsCode Host = OdsCode.Parse("XOP01");

    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-retention-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private SqliteStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions
            {
                Directory = _directory,
                WriteTimeout = TimeSpan.FromMinutes(1),
                SearchTimeout = TimeSpan.FromMinutes(1),
            },
            TimeProvider.System,
            default
        );

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_one_server_has_done_another_does_not_within_the_hour_but_after_it()
    {
        await AccessesAsync(5);
        _time.Advance(TimeSpan.FromDays(101));
        var (one, other) = (Server(), Server());

        (await one.RunAsync()).Should().BeTrue();
        one.Reported.Occurrences.Should().Be(5);
        await AccessesAsync(1, _time.GetUtcNow().AddDays(-200));
        _time.Advance(TimeSpan.FromMinutes(53));
        (await other.RunAsync()).Should().BeFalse();
        _time.Advance(TimeSpan.FromMinutes(2));
        (await other.RunAsync()).Should().BeTrue();
        other.Reported.Occurrences.Should().Be(1);
        (await one.RunAsync()).Should().BeFalse("the other has this hour");
    }

    [Fact]
    public async Task What_was_removed_is_on_record_once_in_numbers_and_nothing_is_when_nothing_was()
    {
        await AccessesAsync(7);
        _time.Advance(TimeSpan.FromDays(101));
        var server = Server();
        await server.RunAsync();
        _time.Advance(RetentionRun.Every);
        await server.RunAsync();

        var told = (
            await _store.SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Administration }, Stop)
        ).Items.Single();
        told.Reason.Should()
            .Be("removed: 0 plans, 0 patients, 7 occurrences, 0 superseded versions, 0 delivered events");
        (told.Interaction, told.Organisation, told.ClientId, told.Person)
            .Should()
            .Be(("retention", Host, "the exchange", null));
        told.Child.Should().BeNull();
        told.Time.Should().Be(_time.GetUtcNow() - RetentionRun.Every);
    }

    [Fact]
    public async Task It_goes_on_in_bites_until_nothing_is_left_and_prolongs_its_lease_at_each()
    {
        await AccessesAsync(25);
        _time.Advance(TimeSpan.FromDays(101));
        var other = Server();
        var tried = 0;
        var one = Server(async hold =>
        {
            if (hold == 1)
                return;
            _time.Advance(TimeSpan.FromMinutes(2));
            (await other.RunAsync()).Should().BeFalse();
            tried++;
        });

        (await one.RunAsync()).Should().BeTrue();

        one.Reported.Occurrences.Should().Be(25);
        tried.Should().Be(3, "before the second and the third bite, and after the last");
    }

    [Fact]
    public async Task A_server_that_stood_still_for_longer_than_its_lease_leaves_the_work_to_the_one_that_took_over()
    {
        await AccessesAsync(25);
        _time.Advance(TimeSpan.FromDays(101));
        var next = Server();
        var frozen = Server(async hold =>
        {
            if (hold == 1)
                return;
            _time.Advance(TimeSpan.FromMinutes(6));
            (await next.RunAsync()).Should().BeTrue();
        });

        (await frozen.RunAsync()).Should().BeFalse();

        (frozen.Reported.Occurrences, next.Reported.Occurrences).Should().Be((10, 15));
        (await Server().RunAsync()).Should().BeFalse("who woke up gives nobody else's lease back");
    }

    [Fact]
    public async Task A_run_that_is_cut_off_tells_what_it_did_and_another_server_may_go_on_at_once()
    {
        await AccessesAsync(25);
        _time.Advance(TimeSpan.FromDays(101));
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var server = Server(hold => hold == 1 ? Task.CompletedTask : cut.CancelAsync());

        var run = () => server.RunAsync(cut.Token);
        await run.Should().ThrowAsync<OperationCanceledException>();

        server.Reported.Occurrences.Should().Be(10);
        var told = await _store.SearchOccurrencesAsync(
            new OccurrenceQuery { Kind = OccurrenceKind.Administration },
            Stop
        );
        told.Items.Single().Reason.Should().Contain("10 occurrences");
        var next = Server();
        (await next.RunAsync()).Should().BeTrue();
        next.Reported.Occurrences.Should().Be(15);
    }

    private async Task AccessesAsync(int count, DateTimeOffset? time = null)
    {
        for (var i = 0; i < count; i++)
            await _store.RecordAsync(
                new Occurrence
                {
                    Id = Guid.NewGuid().ToString(),
                    Kind = OccurrenceKind.Access,
                    Time = time ?? _time.GetUtcNow(),
                    ClientId = "hospital-ed",
                    Organisation = OdsCode.Parse("RWH01"),
                    OrganisationName = "Hospital",
                    CallerKind = CallerKind.Setting,
                    Interaction = "Flag",
                    Child = NhsNumber.Parse("9990000018"),
                    Outcome = AccessOutcome.NothingHeld,
                    RequestId = "r",
                },
                Stop
            );
    }

    /// <param name="beforeHold">Done before each asking for the lease, counted from 1.</param>
    private OneServer Server(Func<int, Task>? beforeHold = null) =>
        new(this, beforeHold ?? (static _ => Task.CompletedTask));

    private sealed class OneServer : IOrganisationDirectory
    {
        private readonly RetentionRun _run;

        public OneServer(RetentionRunTests test, Func<int, Task> beforeHold)
        {
            var ids = new IdGenerator(test._time);
            _run = new RetentionRun(
                test._store,
                test._store,
                test._store,
                new RetentionOptions { OccurrencesAfterDays = 100, EventsAfterDays = 100 },
                new RetentionPace(10, TimeSpan.Zero),
                new ServerLeases(new WatchedLeases(test._store, beforeHold), ids, test._time),
                new RetentionRecord(test._store, this, ids, test._time),
                test._time
            );
        }

        public RetentionCounts Reported { get; private set; } = new();

        public OrganisationDirectory Current { get; } =
            new(
                1,
                [
                    new Organisation
                    {
                        Code = Host,
                        Name = "The host",
                        Kind = CallerKind.Operator,
                    },
                ],
                []
            );

        public Task<bool> RunAsync(CancellationToken? cancellation = null) =>
            _run.RunAsync(counts => Reported = counts, cancellation ?? Stop);
    }

    private sealed class WatchedLeases(ILeaseStore store, Func<int, Task> beforeHold) : ILeaseStore
    {
        private int _holds;

        public async Task<bool> TryHoldAsync(
            string name,
            string holder,
            DateTimeOffset now,
            TimeSpan duration,
            CancellationToken cancellation
        )
        {
            await beforeHold(++_holds);
            return await store.TryHoldAsync(name, holder, now, duration, cancellation);
        }

        public Task ReleaseAsync(string name, string holder, CancellationToken cancellation) =>
            store.ReleaseAsync(name, holder, cancellation);
    }
}
