using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Migrations;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Storage.Tests.Transfer;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>A migration that opens what is sealed, in batches: stopped, gone on with, and refused other keys.</summary>
public sealed class MigrationWorkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SealedRecords _keys = new(ProtectionKeys.Make("test"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStoreOptions Options => Copying.Options(_folder["store"]) with { Protection = _keys };

    [Fact]
    public async Task Stopped_between_batches_it_goes_on_where_it_was()
    {
        await FillAsync();
        var work = new Opening(batch: 3);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using (var migration = Open(work))
        {
            var run = () =>
                migration.RunAsync(
                    new Told(progress =>
                    {
                        if (progress.Done == 6)
                            stop.Cancel();
                    }),
                    stop.Token
                );
            await run.Should().ThrowAsync<OperationCanceledException>();
            (await migration.ReadAsync(Cancellation)).Schema.Should().Be(Migration.All.Count);
        }

        await using (var store = await SqliteStore.OpenAsync(Options, TimeProvider.System, Cancellation))
            (await store.ReadOccurrenceAsync("o1", Cancellation)).Should().NotBeNull("this version still opens it");
        await using var again = Open(work);
        var told = new List<MigrationProgress>();
        await again.RunAsync(new Told(told.Add), Cancellation);

        work.Seen.Should().Equal(Enumerable.Range(0, 10).Select(i => $"o{i}"));
        told[^1]
            .Should()
            .Be(new MigrationProgress(new PendingMigration(Migration.All.Count + 1, "opening", 10), 10, 10));
        (await again.ReadAsync(Cancellation)).Schema.Should().Be(Migration.All.Count + 1);
    }

    [Fact]
    public async Task After_a_server_of_the_version_before_has_written_it_begins_again()
    {
        await FillAsync();
        var work = new Opening(batch: 3) { StopAfter = 6 };
        await using (var migration = Open(work))
        {
            var run = () => migration.RunAsync(new Told(_ => { }), Cancellation);
            await run.Should().ThrowAsync<StoreUnavailableException>();
        }

        await using (var store = await SqliteStore.OpenAsync(Options, TimeProvider.System, Cancellation))
            await store.RecordAsync(Make.Access("late"), Cancellation);
        (work.StopAfter, _) = (int.MaxValue, work.Seen.RemoveAll(_ => true));
        await using var again = Open(work);
        await again.RunAsync(new Told(_ => { }), Cancellation);

        work.Seen.Should().HaveCount(11).And.Contain("o0").And.Contain("late");
    }

    [Fact]
    public async Task With_other_keys_it_does_not_begin()
    {
        await FillAsync();
        var work = new Opening(batch: 3);
        await using var migration = SqliteStoreMigration.Open(
            Options with
            {
                Protection = RecordProtection.Readable,
            },
            [.. Migration.All, Step(work)]
        );

        var run = () => migration.RunAsync(new Told(_ => { }), Cancellation);

        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*is sealed*key file*");
        work.Seen.Should().BeEmpty();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _keys.Dispose();
    }

    private static Migration Step(IMigrationWork work) =>
        new(Migration.All.Count + 1, "opening", "CREATE TABLE added (a ANY) STRICT;", work);

    private SqliteStoreMigration Open(IMigrationWork work) =>
        SqliteStoreMigration.Open(Options, [.. Migration.All, Step(work)]);

    private async Task FillAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Options, TimeProvider.System, Cancellation);
        for (var i = 0; i < 10; i++)
            await store.RecordAsync(Make.Access($"o{i}"), Cancellation);
    }

    /// <summary>Opens every occurrence by its key.</summary>
    private sealed class Opening(int batch) : IMigrationWork
    {
        public List<string> Seen { get; } = [];

        public int StopAfter { get; set; } = int.MaxValue;

        public long Count(Connection connection)
        {
            using var row = connection.Prepare("SELECT count(*) FROM occurrence");
            row.Step();
            return row.Long(0);
        }

        public (string? At, int Rows) RunBatch(Connection connection, RecordProtection protection, string? after)
        {
            if (Seen.Count >= StopAfter)
                throw new StoreUnavailableException("stopped by the test");
            using var rows = connection.Prepare("SELECT id, document FROM occurrence WHERE id > ? ORDER BY id LIMIT ?");
            rows.Add(after ?? "").Add(batch);
            var read = 0;
            for (; rows.Step(); read++)
                Seen.Add(after = OccurrenceRow.Read(rows, 0, 1, protection).Id);
            return (after, read);
        }
    }

    private sealed class Told(Action<MigrationProgress> told) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => told(value);
    }
}
