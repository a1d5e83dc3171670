using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Migrations;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.Tests.Transfer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>Migrations of documents, in batches beside servers that go on: stopped anywhere, they go on where they were.</summary>
public sealed class StoreMigrationTests : IAsyncLifetime
{
    private const int Documents = 2_500; // Three batches.

    // Every occurrence gets the length of its id. A document that was changed twice would show.
    private static readonly MongoMigration Lengths = new(
        Known + 1,
        "lengths of ids",
        "occurrences",
        new BsonDocument("len", new BsonDocument("$exists", false)),
        (document, _) =>
            new UpdateOneModel<BsonDocument>(
                new BsonDocument { { "_id", document["_id"] }, { "len", new BsonDocument("$exists", false) } },
                new BsonDocument
                {
                    { "$set", new BsonDocument("len", document["_id"].AsString.Length) },
                    { "$inc", new BsonDocument("turns", 1) },
                }
            )
    );

    private static int Known => MongoMigration.VersionOf(MongoMigration.All);

    private MongoEnd _end = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMongoCollection<BsonDocument> Occurrences => _end.Database.GetCollection<BsonDocument>("occurrences");

    private IMongoCollection<BsonDocument> Meta => _end.Database.GetCollection<BsonDocument>("meta");

    public async ValueTask InitializeAsync()
    {
        _end = await MongoEnd.NewAsync();
        await using var store = await _end.OpenAsync(TimeProvider.System, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_end is not null)
            await _end.DisposeAsync();
    }

    [Fact]
    public void Migrations_are_numbered_from_two_without_gap()
    {
        MongoMigration.All.Select(m => m.Version).Should().Equal(Enumerable.Range(2, MongoMigration.All.Count));
    }

    [Fact]
    public async Task Every_document_is_changed_once_and_the_schema_moves_on_at_the_end()
    {
        await AddAsync(0, Documents);
        await using var migration = await OpenAsync([Lengths]);
        var before = await migration.ReadAsync(Cancellation);
        (before.Schema, before.KnownSchema).Should().Be((Known, Known + 1));
        before.Pending.Should().Equal(new PendingMigration(Known + 1, "lengths of ids", Documents));

        var told = await RunAsync(migration);

        told.Select(p => p.Done).Should().Equal(0, 1_000, 2_000, Documents);
        await CheckAllAsync(Documents);
        var after = await migration.ReadAsync(Cancellation);
        (after.Schema, after.Pending.Count, after.Counts[TransferSection.Occurrences])
            .Should()
            .Be((Known + 1, 0, Documents));
        (await Meta.Find(new BsonDocument("_id", "migration")).AnyAsync(Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task Stopped_after_a_batch_it_goes_on_there_and_changes_nothing_twice()
    {
        await AddAsync(0, Documents);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using (var migration = await OpenAsync([Lengths]))
        {
            var run = () =>
                migration.RunAsync(
                    new Told(progress =>
                    {
                        if (progress.Done == 1_000)
                            stop.Cancel();
                    }),
                    stop.Token
                );
            await run.Should().ThrowAsync<OperationCanceledException>();
            (await migration.ReadAsync(Cancellation)).Schema.Should().Be(Known);
        }

        await using var again = await OpenAsync([Lengths]);
        var told = await RunAsync(again);

        told[0].Done.Should().Be(1_000, "the first batch is not looked at again");
        await CheckAllAsync(Documents);
    }

    [Fact]
    public async Task What_a_server_writes_meanwhile_is_changed_too_before_the_schema_moves_on()
    {
        await AddAsync(0, Documents);
        var written = false;
        await using var migration = await OpenAsync([Lengths]);

        await migration.RunAsync(
            new Told(progress =>
            {
                if (written || progress.Done < 2_000)
                    return;
                written = true;
                // Behind the bookmark, where the walk along the ids does not come again.
                Occurrences.InsertMany(Enumerable.Range(0, 3).Select(i => new BsonDocument("_id", $"!late-{i}")));
            }),
            Cancellation
        );

        written.Should().BeTrue();
        await CheckAllAsync(Documents + 3);
    }

    [Fact]
    public async Task Run_once_more_it_changes_what_servers_of_the_version_before_have_written_since()
    {
        await using var migration = await OpenAsync([Lengths]);
        await RunAsync(migration);
        await AddAsync(0, 3);

        (await RunAsync(migration)).Should().BeEmpty("no migration is pending");

        await CheckAllAsync(3);
    }

    [Fact]
    public async Task A_step_that_fails_keeps_what_was_done_and_the_schema()
    {
        await AddAsync(0, Documents);
        var calls = 0;
        var failing = Lengths with
        {
            Change = (document, protection) =>
                ++calls > 1_500
                    ? throw new StoreUnavailableException("stopped by the test")
                    : Lengths.Change(document, protection),
        };
        await using (var migration = await OpenAsync([failing]))
        {
            var run = () => RunAsync(migration);
            await run.Should().ThrowAsync<StoreUnavailableException>();
        }

        (await Occurrences.CountDocumentsAsync(new BsonDocument("len", new BsonDocument("$gt", 0)), null, Cancellation))
            .Should()
            .Be(1_000);
        await using var again = await OpenAsync([Lengths]);
        (await again.ReadAsync(Cancellation)).Schema.Should().Be(Known);
        await RunAsync(again);
        await CheckAllAsync(Documents);
    }

    [Fact]
    public async Task A_database_of_another_protection_is_not_touched()
    {
        await AddAsync(0, 3);
        using var keys = new SealedRecords(ProtectionKeys.Make("other"));
        await using var migration = await MongoStoreMigration.OpenAsync(
            _end.Options with
            {
                Protection = keys,
            },
            TimeProvider.System,
            [.. MongoMigration.All, Lengths],
            Cancellation
        );

        var run = () => RunAsync(migration);

        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*another protection*");
        (await migration.ReadAsync(Cancellation)).Schema.Should().Be(Known);
    }

    [Fact]
    public async Task A_newer_schema_is_told_and_not_touched()
    {
        await using (var newer = await OpenAsync([Lengths]))
            await RunAsync(newer);
        await using var migration = await OpenAsync([]);

        var run = () => RunAsync(migration);

        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*newer version*");
        (await migration.ReadAsync(Cancellation)).Schema.Should().Be(Known + 1);
        var open = () => _end.OpenAsync(TimeProvider.System, Cancellation);
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*newer version*");
    }

    [Fact]
    public async Task A_database_without_a_store_is_told_and_stays_so()
    {
        await using var empty = await MongoEnd.NewAsync();
        await using var migration = await MongoStoreMigration.OpenAsync(
            empty.Options,
            TimeProvider.System,
            Cancellation
        );

        var read = () => migration.ReadAsync(Cancellation);

        (await read.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*no store in*");
        using var names = await empty.Database.ListCollectionNamesAsync(null, Cancellation);
        (await names.ToListAsync(Cancellation)).Should().BeEmpty();
    }

    private Task<MongoStoreMigration> OpenAsync(IReadOnlyList<MongoMigration> migrations) =>
        MongoStoreMigration.OpenAsync(
            _end.Options,
            TimeProvider.System,
            [.. MongoMigration.All, .. migrations],
            Cancellation
        );

    private static async Task<List<MigrationProgress>> RunAsync(MongoStoreMigration migration)
    {
        var all = new List<MigrationProgress>();
        await migration.RunAsync(new Told(all.Add), Cancellation);
        return all;
    }

    private Task AddAsync(int first, int count) =>
        Occurrences.InsertManyAsync(
            Enumerable.Range(first, count).Select(i => new BsonDocument("_id", $"o{i:D6}")),
            cancellationToken: Cancellation
        );

    private async Task CheckAllAsync(int count)
    {
        var all = await Occurrences.Find(new BsonDocument()).ToListAsync(Cancellation);
        all.Should().HaveCount(count);
        all.Should().OnlyContain(d => d["len"] == d["_id"].AsString.Length && d["turns"] == 1);
    }

    private sealed class Told(Action<MigrationProgress> told) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => told(value);
    }
}
