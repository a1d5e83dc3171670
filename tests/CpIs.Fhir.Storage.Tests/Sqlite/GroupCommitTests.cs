using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Writing;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>Groups: what shares a commit, what fails alone, what fails together, and what is withdrawn.</summary>
public sealed class GroupCommitTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Make.Noon);
    private SqliteStoreUnderTest? _opened;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStore Store => _opened!.Store;

    public async ValueTask InitializeAsync() =>
        _opened = await SqliteStoreUnderTest.OpenAsync(_time, o => o with { QueueLimit = 100 });

    public async ValueTask DisposeAsync() => await _opened!.DisposeAsync();

    [Fact]
    public async Task What_waits_shares_one_commit_and_a_lone_write_has_its_own()
    {
        var before = Store.CommitCount;
        var gate = new WriterGate(Store);
        var waiting = Enumerable
            .Range(0, 20)
            .Select(i => Store.RecordAsync(Make.Access($"o{i}"), Cancellation))
            .ToList();
        gate.Dispose();
        await Task.WhenAll(waiting);
        Store.CommitCount.Should().Be(before + 1);

        await Store.RecordAsync(Make.Access("alone"), Cancellation);
        Store.CommitCount.Should().Be(before + 2);
    }

    [Fact]
    public async Task A_failing_job_fails_alone_and_leaves_nothing()
    {
        using var gate = new WriterGate(Store);
        var before = Store.RecordAsync(Make.Access("before"), Cancellation);
        var bug = Store.WriteAsync<bool>(
            connection =>
            {
                connection.Run("UPDATE counter SET value = 77 WHERE name = 'probe'");
                throw new InvalidOperationException("a bug");
            },
            Cancellation
        );
        var wrong = Store.WriteAsync<bool>(
            connection =>
            {
                connection.Run("UPDATE counter SET value = 78 WHERE name = 'probe'");
                connection.Run("INSERT INTO counter VALUES ('probe', 0)");
                return true;
            },
            Cancellation
        );
        var after = Store.RecordAsync(Make.Access("after"), Cancellation);
        gate.Open();

        await Task.WhenAll(before, after);
        await Awaiting(bug).Should().ThrowAsync<InvalidOperationException>();
        await Awaiting(wrong).Should().ThrowAsync<StoreUnavailableException>();
        (await Store.ReadOccurrenceAsync("before", Cancellation)).Should().NotBeNull();
        (await Store.ReadOccurrenceAsync("after", Cancellation)).Should().NotBeNull();
        (await ProbeAsync()).Should().Be(0);
    }

    [Fact]
    public async Task When_the_commit_fails_nobody_of_its_group_is_told_success_and_the_store_recovers()
    {
        using var gate = new WriterGate(Store);
        var first = Store.RecordAsync(Make.Access("first"), Cancellation);
        // A deferred foreign key is checked by COMMIT itself, which so fails for real.
        var poison = Store.WriteAsync<bool>(
            connection =>
            {
                connection.RunScript(
                    "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (1)"
                );
                return true;
            },
            Cancellation
        );
        var last = Store.RecordAsync(Make.Access("last"), Cancellation);
        gate.Open();

        foreach (var waiter in new[] { first, poison, last })
            await Awaiting(waiter).Should().ThrowAsync<StoreUnavailableException>();
        (await Store.ReadOccurrenceAsync("first", Cancellation)).Should().BeNull();
        await Store.RecordAsync(Make.Access("first"), Cancellation);
        (await Store.ReadOccurrenceAsync("first", Cancellation)).Should().NotBeNull();
    }

    [Fact]
    public async Task A_full_disk_is_unavailable_and_over_when_there_is_room_again()
    {
        await SetMostPagesAsync("(SELECT page_count FROM pragma_page_count)");
        var big = Make.Resource("big") with { Body = new byte[1_000_000] };

        var write = () => Store.CommitAsync(Make.Commit(Make.Resource("small"), big), Cancellation);
        await write.Should().ThrowAsync<StoreUnavailableException>();
        (await Store.ReadAsync(RecordType.EpisodeOfCare, "small", null, Cancellation)).Should().BeNull();

        await SetMostPagesAsync("1000000");
        (await write()).Should().Be(CommitOutcome.Committed);
    }

    [Fact]
    public async Task A_write_that_could_not_begin_in_time_is_withdrawn_and_never_written()
    {
        using var gate = new WriterGate(Store);
        var late = Store.RecordAsync(Make.Access("late"), Cancellation);
        _time.Advance(_opened!.Options.WriteTimeout);
        (await Awaiting(late).Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*withdrawn*");
        gate.Open();

        await Store.CheckWritableAsync(Cancellation);
        (await Store.ReadOccurrenceAsync("late", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task A_write_that_has_begun_and_is_late_has_an_unknown_outcome_not_a_success()
    {
        using var gate = new WriterGate(Store);
        _time.Advance(_opened!.Options.WriteTimeout);

        (await Awaiting(gate.Done).Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*Not known*");
    }

    [Fact]
    public async Task A_write_that_nobody_waits_for_is_withdrawn()
    {
        using var gone = new CancellationTokenSource();
        using var gate = new WriterGate(Store);
        var write = Store.RecordAsync(Make.Access("gone"), gone.Token);
        await gone.CancelAsync();
        await Awaiting(write).Should().ThrowAsync<OperationCanceledException>();
        gate.Open();

        await Store.CheckWritableAsync(Cancellation);
        (await Store.ReadOccurrenceAsync("gone", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task One_write_too_many_is_refused_at_once()
    {
        using var gate = new WriterGate(Store);
        var waiting = Enumerable
            .Range(0, 100)
            .Select(i => Store.RecordAsync(Make.Access($"o{i}"), Cancellation))
            .ToList();

        var oneMore = () => Store.RecordAsync(Make.Access("more"), Cancellation);

        (await oneMore.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*no more writes*");
        gate.Open();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Reads_do_not_wait_for_the_writer_and_see_nothing_that_is_not_committed()
    {
        using var gate = new WriterGate(Store, "UPDATE counter SET value = 5 WHERE name = 'probe'");

        (await ProbeAsync()).Should().Be(0);

        gate.Open();
        await gate.Done;
        (await ProbeAsync()).Should().Be(5);
    }

    [Fact]
    public void No_group_has_two_uploads_and_small_writes_get_a_group_without_one()
    {
        var queue = new JobQueue(100);
        foreach (var name in new[] { "A", "B", "1", "2" })
            queue.TryAdd(new NamedJob(name)).Should().BeTrue();

        Group(queue).Should().Equal("A", "1", "2");
        queue.TryAdd(new NamedJob("3"));
        queue.TryAdd(new NamedJob("C"));
        Group(queue).Should().Equal("3");
        queue.TryAdd(new NamedJob("4"));
        Group(queue).Should().Equal("B", "4");
        Group(queue).Should().Equal("C");
        queue.Close();
        queue.TakeFirst(out _).Should().BeFalse();
    }

    private static List<string> Group(JobQueue queue)
    {
        var names = new List<string>();
        for (var more = queue.TakeFirst(out var job); more; more = queue.TakeNext(TimeSpan.Zero, 1, out job))
            names.Add(((NamedJob)job!).Name);
        return names;
    }

    private static Func<Task> Awaiting(Task task) => () => task;

    private Task<long> ProbeAsync() =>
        Store.ReadAsync(
            connection =>
            {
                using var row = connection.Prepare("SELECT value FROM counter WHERE name = 'probe'");
                row.Step();
                return row.Long(0);
            },
            Cancellation
        );

    private Task<bool> SetMostPagesAsync(string pages) =>
        Store.WriteAsync<bool>(
            connection =>
            {
                long most;
                using (var row = connection.Prepare($"SELECT {pages}"))
                {
                    row.Step();
                    most = row.Long(0);
                }

                connection.Run($"PRAGMA max_page_count = {most}");
                return true;
            },
            Cancellation
        );

    private sealed class NamedJob(string name) : WriteJob(large: char.IsLetter(name[0]))
    {
        public string Name => name;

        public override bool Write(Connection connection) => true;

        public override void Complete() { }

        public override void Fail(Exception failure) { }
    }
}
