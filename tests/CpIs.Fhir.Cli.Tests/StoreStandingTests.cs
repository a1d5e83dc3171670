using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Cli.Tests;

/// <summary>`cpis store status` and `cpis store migrate`.</summary>
public sealed class StoreStandingTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Store => $"sqlite:{_workshop["store"]}";

    [Fact]
    public async Task What_a_store_holds_is_told_while_it_is_in_use()
    {
        await using var store = await OpenAsync();

        var ended = await Invocation.RunAsync("store", "status", "--store", Store, "--json");

        ended.Code.Should().Be(0);
        var told = ended.Objects.Single();
        told["schema"]!.GetValue<int>().Should().Be(told["knownSchema"]!.GetValue<int>());
        told["protection"]!.GetValue<string>().Should().Be("readable");
        told["unfinishedCopyFrom"].Should().BeNull();
        told["records"]!["registrations"]!.GetValue<long>().Should().Be(0);
        told["records"]!["resources"]!.GetValue<long>().Should().Be(0);
    }

    [Fact]
    public async Task An_unfinished_copy_is_told_with_what_to_do()
    {
        await using (var target = SqliteTransferTarget.Open(new SqliteStoreOptions { Directory = _workshop["store"] }))
            await target.BeginAsync(
                new TransferStart("f", "sqlite:elsewhere", new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero)),
                Cancellation
            );

        var ended = await Invocation.RunAsync("store", "status", "--store", Store);

        ended.Code.Should().Be(0);
        ended.Out.Should().Contain("unfinished: a copy from sqlite:elsewhere, begun 2026-06-01 12:00 UTC");
    }

    [Fact]
    public async Task A_store_of_this_version_has_nothing_to_be_migrated()
    {
        await using (await OpenAsync()) { }

        var ended = await Invocation.RunAsync("store", "migrate", "--store", Store);

        ended.Code.Should().Be(0);
        ended.Out.Should().Contain("nothing to do");
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_not_touched()
    {
        await using (await OpenAsync()) { }
        Run("PRAGMA user_version = 99");

        var ended = await Invocation.RunAsync("store", "migrate", "--store", Store);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("newer version").And.Contain("99");
        var standing = await Invocation.RunAsync("store", "status", "--store", Store);
        standing.Out.Should().Contain("schema: 99, newer than this version's");
    }

    [Fact]
    public async Task Where_there_is_no_store_none_is_made()
    {
        foreach (var command in new[] { "status", "migrate" })
        {
            var ended = await Invocation.RunAsync("store", command, "--store", Store);
            ended.Code.Should().Be(2);
            ended.Error.Should().Contain("no store in");
        }

        Directory.Exists(_workshop["store"]).Should().BeFalse();
    }

    public void Dispose() => _workshop.Dispose();

    private Task<SqliteStore> OpenAsync() =>
        SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _workshop["store"] },
            TimeProvider.System,
            Cancellation
        );

    private void Run(string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_workshop["store"], "cpis.db")};Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
