using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Migrations;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Storage.Tests.Transfer;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>Migrations of the embedded store as a command runs them: told of, stopped, gone on with.</summary>
public sealed class StoreMigrationTests : IDisposable
{
    private static readonly Migration Good = new(
        Migration.All.Count + 1,
        "a table",
        "CREATE TABLE added (a ANY) STRICT;"
    );
    private static readonly Migration Bad = new(
        Migration.All.Count + 2,
        "half a step",
        "CREATE TABLE b (a ANY) STRICT; nonsense;"
    );
    private static readonly Migration Mended = Bad with { Script = "CREATE TABLE b (a ANY) STRICT;" };
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStoreOptions Options => Copying.Options(_folder["store"]);

    [Fact]
    public async Task A_store_of_the_first_schema_is_told_of_and_brought_forward_step_by_step()
    {
        MakeFirstVersion();
        await using var migration = SqliteStoreMigration.Open(Options);
        var before = await migration.ReadAsync(Cancellation);
        (before.Schema, before.KnownSchema, before.IsSealed).Should().Be((1, Migration.All.Count, false));
        before.Pending.Select(p => p.Version).Should().Equal(Enumerable.Range(2, Migration.All.Count - 1));
        before.Counts.Should().BeEmpty("another schema may count otherwise");

        var told = await RunAsync(migration);

        told.Where(p => p.Done == 1)
            .Select(p => p.Migration.Version)
            .Should()
            .Equal(before.Pending.Select(p => p.Version));
        var after = await migration.ReadAsync(Cancellation);
        (after.Schema, after.Pending.Count).Should().Be((Migration.All.Count, 0));
        after.Counts[TransferSection.Resources].Should().Be(0);
        (await RunAsync(migration)).Should().BeEmpty("nothing is pending");
        await using var store = await Copying.OpenAsync(_folder["store"], TimeProvider.System, Cancellation);
        await store.CheckWritableAsync(Cancellation);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself_and_those_before_it_stay_done()
    {
        await MakePresentAsync();
        await using (var migration = SqliteStoreMigration.Open(Options, [.. Migration.All, Good, Bad]))
        {
            var run = () => RunAsync(migration);
            (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage(
                "*half a step*What it had not finished is undone*"
            );
            (await migration.ReadAsync(Cancellation)).Schema.Should().Be(Good.Version);
        }

        // Were the good step run again, its table would be there already; were the bad one half done, that of this one.
        await using var mended = SqliteStoreMigration.Open(Options, [.. Migration.All, Good, Mended]);
        (await RunAsync(mended)).Select(p => p.Migration.Version).Distinct().Should().Equal(Mended.Version);
        (await mended.ReadAsync(Cancellation)).Schema.Should().Be(Mended.Version);
    }

    [Fact]
    public async Task A_newer_schema_is_told_and_not_touched()
    {
        await MakePresentAsync();
        await using (var newer = SqliteStoreMigration.Open(Options, [.. Migration.All, Good]))
            await RunAsync(newer);
        await using var migration = SqliteStoreMigration.Open(Options);

        var run = () => RunAsync(migration);

        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*newer version*");
        var standing = await migration.ReadAsync(Cancellation);
        standing.Schema.Should().Be(standing.KnownSchema + 1);
    }

    [Fact]
    public async Task How_a_store_stands_can_be_asked_while_a_server_is_at_work_but_it_is_not_brought_forward()
    {
        await using var store = await Copying.OpenAsync(_folder["store"], TimeProvider.System, Cancellation);
        await store.RecordAsync(Make.Access("o1"), Cancellation);
        await using var migration = SqliteStoreMigration.Open(Options);

        (await migration.ReadAsync(Cancellation)).Counts[TransferSection.Occurrences].Should().Be(1);

        var run = () => RunAsync(migration);
        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*another process uses it*");
    }

    [Fact]
    public async Task An_unfinished_copy_is_told_and_not_brought_forward()
    {
        await using (var target = SqliteTransferTarget.Open(Options))
            await target.BeginAsync(new TransferStart("f", "sqlite:elsewhere", Make.Noon), Cancellation);
        await using var migration = SqliteStoreMigration.Open(Options);

        (await migration.ReadAsync(Cancellation)).UnfinishedCopy!.Source.Should().Be("sqlite:elsewhere");

        var run = () => RunAsync(migration);
        (await run.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<MigrationProgress>> RunAsync(SqliteStoreMigration migration)
    {
        var told = new Told();
        await migration.RunAsync(told, Cancellation);
        return told.All;
    }

    private async Task MakePresentAsync()
    {
        await using var store = await Copying.OpenAsync(_folder["store"], TimeProvider.System, Cancellation);
    }

    private void MakeFirstVersion()
    {
        Directory.CreateDirectory(_folder["store"]);
        using var connection = Connection.OpenWriter(Path.Combine(_folder["store"], "cpis.db"));
        Schema.Prepare(connection, "test", RecordProtection.Readable, [Migration.All[0]], (_, _, _) => { });
    }

    private sealed class Told : IProgress<MigrationProgress>
    {
        public List<MigrationProgress> All { get; } = [];

        public void Report(MigrationProgress value) => All.Add(value);
    }
}
