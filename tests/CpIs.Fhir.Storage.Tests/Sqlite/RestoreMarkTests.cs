using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Epochs;
using CpIs.Fhir.Storage.Sqlite.Restores;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Storage.Tests.Transfer;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>The mark on another disk, by which a restored copy is not opened before the step after a restore; and that this step is one.</summary>
public sealed class RestoreMarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStoreOptions Options => new() { Directory = _folder["store"], RestoreMark = _folder["mark"] };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_of_before_the_last_numbers_is_refused_until_it_was_told_that_it_was_restored()
    {
        CopiedFolder copy;
        await using (var store = await OpenAsync())
        {
            await NumberAsync(store, 1);
            copy = CopiedFolder.Take(_folder["store"], _folder["copy"]);
            await NumberAsync(store, 2);
        }

        copy.PutBack();

        var refused = (await Opening().Should().ThrowAsync<StoreUnavailableException>()).Which.Message;
        refused.Should().Contain("Subscription s was given number 2, and this copy knows of 1");
        refused.Should().Contain($"cpis store restored --store sqlite:{_folder["store"]} --mark {_folder["mark"]}");
        (await RestoreAsync()).Subscriptions.Single().Gap.First.Should().Be(2);
        await using (var store = await OpenAsync())
            await NumberAsync(store, 3);
        Mark()
            .Should()
            .BeEquivalentTo(new { Epoch = 1L, Subscriptions = new[] { new { Id = "s", Last = 1_000_001L } } });
    }

    [Fact]
    public async Task A_copy_of_before_an_earlier_restore_is_refused_too_and_told_apart_from_it_by_the_mark()
    {
        CopiedFolder copy;
        await using (var store = await OpenAsync())
        {
            await NumberAsync(store, 1);
            copy = CopiedFolder.Take(_folder["store"], _folder["copy"]);
        }

        await RestoreAsync();
        await using (var store = await OpenAsync())
            await NumberAsync(store, 2);
        copy.PutBack();

        await Opening().Should().ThrowAsync<StoreUnavailableException>().WithMessage("*was restored 1 times*");
        await RestoreAsync();
        await Opening().Should().ThrowAsync<StoreUnavailableException>("the same number would be given once more");
        var outcome = await RestoreAsync(new RestoreMarkFile(_folder["mark"]).Read());
        outcome.Epoch.Should().Be(2);
        outcome.Subscriptions.Single().Next.Should().Be(2_000_001);
        await using (await OpenAsync()) { }
    }

    [Fact]
    public async Task A_store_that_lacks_a_Subscription_of_the_mark_is_refused()
    {
        await using (var store = await OpenAsync())
            await NumberAsync(store, 1);
        Directory.Delete(_folder["store"], recursive: true);

        await Opening().Should().ThrowAsync<StoreUnavailableException>().WithMessage("*this copy knows of 0*");
    }

    [Fact]
    public async Task The_mark_is_written_at_the_opening_each_minute_and_at_the_end()
    {
        await using (var store = await OpenAsync())
        {
            Mark().Subscriptions.Should().BeEmpty();
            await NumberAsync(store, 1);
            Mark().Subscriptions.Should().BeEmpty();
            _time.Advance(TimeSpan.FromMinutes(1));
            Mark().Subscriptions.Should().Equal(new MarkedSubscription("s", "E10000015", 1));
            Mark().Written.Should().Be(Make.Noon.AddMinutes(1));
            await NumberAsync(store, 2);
        }

        Mark().LastOf("s").Should().Be(2);
        File.Exists(Path.Combine(_folder["store"], "cpis.db-wal")).Should().BeFalse("a stop leaves one file");
        await using (await OpenAsync()) { }
    }

    [Fact]
    public async Task A_mark_that_cannot_be_read_or_written_is_told_at_the_opening()
    {
        await File.WriteAllTextAsync(_folder["mark"], "{}", Cancellation);
        await Opening().Should().ThrowAsync<StoreUnavailableException>().WithMessage("*mark* cannot be read*");

        var nowhere = Options with { RestoreMark = Path.Combine(_folder["none"], "mark") };
        var open = () => SqliteStore.OpenAsync(nowhere, _time, Cancellation);
        await open.Should().ThrowAsync<StoreUnavailableException>().WithMessage("*cannot be written*");
        File.Delete(_folder["mark"]);
        await using (await OpenAsync()) { }
    }

    [Fact]
    public async Task A_mark_that_can_no_longer_be_written_stops_nothing()
    {
        await using var store = await OpenAsync();
        File.Delete(_folder["mark"]);
        Directory.CreateDirectory(_folder["mark"]);

        _time.Advance(TimeSpan.FromMinutes(3));

        await NumberAsync(store, 1);
    }

    [Fact]
    public async Task A_step_that_fails_for_one_Subscription_has_changed_none()
    {
        await using (var store = await OpenAsync())
        {
            await NumberAsync(store, 1);
            await store.CommitAsync(Make.Commit(Make.Subscription("z")), Cancellation);
        }

        Run("CREATE TRIGGER t BEFORE UPDATE ON subscription WHEN new.id = 'z' BEGIN SELECT RAISE(ABORT, 'no'); END");
        var step = () => RestoreAsync();
        await step.Should().ThrowAsync<StoreUnavailableException>();
        Run("DROP TRIGGER t");

        await using (var store = await OpenAsync())
        {
            (await store.ReadGapsAsync("s", Cancellation)).Should().BeEmpty();
            (await store.ReadLedgerAsync("s", Cancellation)).EventCount.Should().Be(1);
        }

        (await RestoreAsync()).Should().BeEquivalentTo(new { IsNew = true, Epoch = 1L });
    }

    [Fact]
    public async Task A_store_in_use_or_of_an_older_schema_is_refused()
    {
        await using (var store = await OpenAsync())
        {
            var step = () => RestoreAsync();
            await step.Should().ThrowAsync<StoreUnavailableException>().WithMessage("*another process uses it*");
        }

        Run("PRAGMA user_version = 5");
        var old = () => RestoreAsync();
        await old.Should().ThrowAsync<StoreUnavailableException>().WithMessage("*cpis store migrate*");
    }

    private Task<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(Options, _time, Cancellation);

    private Func<Task> Opening() =>
        async () =>
        {
            await using var store = await OpenAsync();
        };

    private async Task<RestoreOutcome> RestoreAsync(RestoreMark? mark = null)
    {
        await using var restore = SqliteStoreRestore.Open(Options);
        return await restore.RunAsync(new RestoreTerms(Make.Noon, RestoreTerms.UsualJump, Mark: mark), Cancellation);
    }

    private RestoreMark Mark() => new RestoreMarkFile(_folder["mark"]).Read()!;

    private static async Task NumberAsync(SqliteStore store, int i)
    {
        if (i == 1)
            await store.CommitAsync(Make.Commit(Make.Subscription("s")), Cancellation);
        await store.RecordAsync(Make.Access($"o{i}", child: Make.Child(i), authorities: Make.Herts), Cancellation);
        await store.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, 9, Cancellation);
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_folder["store"], "cpis.db")};Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
