using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>What only the embedded store does with a copy, and what a copy finds at its end.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copied_file_has_every_table_and_index_of_a_new_one_and_nothing_more()
    {
        await FillAsync();
        await CopyAsync();
        await using (await OpenAsync("new")) { }

        ReadSchema("target").Should().Equal(ReadSchema("new"));
    }

    [Fact]
    public async Task The_source_is_left_as_it_was()
    {
        await FillAsync();
        var before = await File.ReadAllBytesAsync(Path.Combine(_folder["source"], "cpis.db"), Cancellation);

        await CopyAsync();

        (await File.ReadAllBytesAsync(Path.Combine(_folder["source"], "cpis.db"), Cancellation)).Should().Equal(before);
    }

    [Fact]
    public async Task A_directory_in_use_is_neither_source_nor_target()
    {
        await using var store = await OpenAsync("source");

        var from = () => CopyAsync();
        var to = () => Copying.RunAsync(_folder["target"], _folder["source"], _time, Cancellation);

        (await from.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*another process uses it*");
        await (await OpenAsync("target")).DisposeAsync();
        (await to.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*another process uses it*");
    }

    [Fact]
    public async Task A_directory_without_a_store_is_no_source_and_gets_none()
    {
        var copy = () => CopyAsync();

        (await copy.Should().ThrowAsync<StoreUnavailableException>()).WithMessage($"*no store in*source*");

        Directory.Exists(_folder["source"]).Should().BeFalse();
    }

    [Fact]
    public async Task What_was_changed_in_the_target_before_the_end_is_found_and_the_target_stays_closed()
    {
        await FillAsync();
        await using (var source = SqliteTransferSource.Open(Copying.Options(_folder["source"])))
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"])))
            (await Copying.RunAsync(source, target, _time, Cancellation, Tamper)).IsSound.Should().BeFalse();

        var outcome = await CopyAsync();

        outcome.IsSound.Should().BeFalse("another run changes nothing of it");
        var wrong = outcome.Sections.Single(s => s.Fault != SectionFault.None);
        (wrong.Section, wrong.Fault).Should().Be((TransferSection.Resources, SectionFault.TargetDiffers));
        wrong.Target.Count.Should().Be(wrong.Source.Count, "only the checksum tells");
        var open = () => OpenAsync("target");
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*run it again*");

        // Another connection of this process, in the moment before both are compared.
        void Tamper(TransferProgress progress)
        {
            if (progress is not { Phase: TransferPhase.Finishing } || progress.Done < progress.Total)
                return;
            using var connection = new SqliteConnection(
                $"Data Source={Path.Combine(_folder["target"], "cpis.db")};Pooling=False"
            );
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE resource SET body = CAST('{\"id\":\"p\",\"v\":5}' AS BLOB) WHERE id = 'p'";
            command.ExecuteNonQuery().Should().Be(1);
        }
    }

    [Fact]
    public async Task A_source_that_went_on_after_the_copy_began_is_found()
    {
        await FillAsync();
        await using (var source = SqliteTransferSource.Open(Copying.Options(_folder["source"])))
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"])))
        {
            var broken = new BreakingTarget(target, breakAt: 3, afterwards: true);
            var run = () => Copying.RunAsync(source, broken, _time, Cancellation);
            await run.Should().ThrowAsync<StoreUnavailableException>();
        }

        await using (var store = await OpenAsync("source"))
        {
            var next = Make.Resource("e", version: 5, identity: "E10000015|plan");
            await store.CommitAsync(Make.Commit(next), Cancellation);
        }

        var outcome = await CopyAsync();

        outcome.IsSound.Should().BeFalse();
        outcome.Sections.Single(s => s.Fault != SectionFault.None).Fault.Should().Be(SectionFault.SourceChanged);
    }

    public void Dispose() => _folder.Dispose();

    private async Task FillAsync()
    {
        await using var store = await OpenAsync("source");
        await Everything.FillAsync(store, Cancellation);
    }

    private Task<CopyOutcome> CopyAsync() =>
        Copying.RunAsync(_folder["source"], _folder["target"], _time, Cancellation);

    private Task<SqliteStore> OpenAsync(string name) => Copying.OpenAsync(_folder[name], _time, Cancellation);

    private List<string> ReadSchema(string name)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_folder[name], "cpis.db")};Pooling=False;Mode=ReadOnly"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
        using var rows = command.ExecuteReader();
        var schema = new List<string>();
        while (rows.Read())
            schema.Add(rows.GetString(0));
        return schema;
    }
}
