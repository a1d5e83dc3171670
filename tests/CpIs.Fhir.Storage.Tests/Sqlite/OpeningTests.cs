using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>One process, one directory, one version.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "cpis-open-" + Guid.NewGuid());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string DatabaseFile => Path.Combine(_directory, "cpis.db");

    [Fact]
    public async Task A_directory_in_use_is_refused_with_its_name_and_what_to_do()
    {
        await using var first = await OpenAsync();

        (await OpeningAsync()).Message.Should().Contain(_directory).And.Contain("--data");
    }

    [Fact]
    public async Task Another_process_is_refused_too_until_the_first_is_gone()
    {
        using var other = ChildProcess.Start(KilledProcess.SqliteVerb, _directory);
        (await other.StandardOutput.ReadLineAsync(Cancellation)).Should().NotBeNull();

        (await OpeningAsync()).Message.Should().Contain("another process uses it");

        other.Kill();
        await other.WaitForExitAsync(Cancellation);
        await using var store = await OpenAsync();
        await store.CheckWritableAsync(Cancellation);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        await (await OpenAsync()).DisposeAsync();
        RunSql("PRAGMA user_version = 99");

        (await OpeningAsync()).Message.Should().Contain("newer version").And.Contain("99").And.Contain(DatabaseFile);

        ReadSql("PRAGMA user_version").Should().Be(99L);
    }

    [Fact]
    public async Task A_file_of_something_else_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_directory);
        RunSql("CREATE TABLE theirs (a)");

        (await OpeningAsync()).Message.Should().Contain("not a store of this server");

        ReadSql("SELECT count(*) FROM sqlite_schema").Should().Be(1L);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(_directory);
        await File.WriteAllTextAsync(DatabaseFile, new string('x', 5000), Cancellation);

        (await OpeningAsync()).Message.Should().Contain("cannot be opened").And.Contain(_directory);
    }

    [Fact]
    public async Task A_store_whose_disk_is_nearly_full_says_that_it_cannot_write_before_the_last_byte()
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _directory, MinimumFreeBytes = long.MaxValue },
            TimeProvider.System,
            Cancellation
        );

        var asking = () => store.CheckWritableAsync(Cancellation);

        (await asking.Should().ThrowAsync<StoreUnavailableException>())
            .Which.Message.Should()
            .Contain("MB left")
            .And.Contain("SqliteDbOptions:MinimumFreeBytes");
    }

    [Fact]
    public async Task Only_its_user_can_read_what_it_makes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        await using var store = await OpenAsync();
        await store.CheckWritableAsync(Cancellation);

#pragma warning disable CA1416 // Skipped on Windows.
        const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new DirectoryInfo(_directory).UnixFileMode.Should().Be(File | UnixFileMode.UserExecute);
        var files = new DirectoryInfo(_directory).GetFiles();
        files.Select(f => f.Name).Should().BeEquivalentTo("cpis.db", "cpis.db-wal", "cpis.db-shm", "cpis.lock");
        files.Should().OnlyContain(f => f.UnixFileMode == File);
#pragma warning restore CA1416
    }

    [Fact]
    public async Task What_the_system_would_lose_on_power_failure_is_never_told_as_durable()
    {
        await using var store = await OpenAsync();

        var settings = await store.WriteAsync<(string, long)>(
            connection =>
            {
                using var journal = connection.Prepare("PRAGMA journal_mode");
                using var synchronous = connection.Prepare("PRAGMA synchronous");
                journal.Step();
                synchronous.Step();
                return (journal.Text(0), synchronous.Long(0));
            },
            Cancellation
        );

        settings.Should().Be(("wal", 2L), "2 is FULL: the log is synced at each commit");
    }

    [Fact]
    public async Task Nothing_is_taken_after_closing()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();

        var write = () => store.CommitAsync(Make.Commit(Make.Resource("e")), Cancellation);

        var read = () => store.ReadAsync(RecordType.Flag, "f", null, Cancellation);

        await write.Should().ThrowAsync<StoreUnavailableException>();
        await read.Should().ThrowAsync<StoreUnavailableException>();
        await store.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<SqliteStore> OpenAsync() =>
        SqliteStore.OpenAsync(new SqliteStoreOptions { Directory = _directory }, TimeProvider.System, Cancellation);

    private async Task<Exception> OpeningAsync()
    {
        var open = async () => await OpenAsync();
        return (await open.Should().ThrowAsync<StoreUnavailableException>()).Which;
    }

    private void RunSql(string sql) => ReadSql(sql);

    private object? ReadSql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
