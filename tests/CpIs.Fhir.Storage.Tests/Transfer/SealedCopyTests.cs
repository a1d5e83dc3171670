using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A copy is how a store comes from one protection to another: records are in clear only in between, in memory.</summary>
public sealed class SealedCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);
    private readonly SealedRecords _one = new(ProtectionKeys.Make("one"));
    private readonly SealedRecords _two = new(ProtectionKeys.Make("two"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_readable_to_sealed_to_other_keys_and_back_nothing_is_lost()
    {
        var readable = Options("readable", RecordProtection.Readable);
        await using (var store = await OpenAsync(readable))
            await Everything.FillAsync(store, Cancellation);
        var shown = await ShowAsync(readable);

        var from = readable;
        foreach (
            var to in new[] { Options("one", _one), Options("two", _two), Options("back", RecordProtection.Readable) }
        )
        {
            (await CopyAsync(from, to)).IsSound.Should().BeTrue();
            (await ShowAsync(to)).Should().Be(shown);
            from = to;
        }
    }

    [Fact]
    public async Task Half_told_obligations_go_on_in_a_sealed_store_as_they_would_have()
    {
        var (readable, closed) = (Options("readable", RecordProtection.Readable), Options("sealed", _one));
        var history = new RandomHistory(7, Cancellation);
        await using (var store = await OpenAsync(readable))
            await history.RunAsync(120, store);

        (await CopyAsync(readable, closed)).IsSound.Should().BeTrue();

        await using var source = await OpenAsync(readable);
        await using var target = await OpenAsync(closed);
        await history.RunAsync(120, source, target);
        (await history.ShowAsync(target)).Should().Be(await history.ShowAsync(source));
    }

    [Fact]
    public async Task No_number_of_a_child_lies_readable_in_a_sealed_target_however_it_was_ended()
    {
        await using (var store = await OpenAsync(Options("readable", RecordProtection.Readable)))
            await Everything.FillAsync(store, Cancellation);
        await using var source = SqliteTransferSource.Open(Options("readable", RecordProtection.Readable));
        await using (var target = SqliteTransferTarget.Open(Options("sealed", _one)))
        {
            // Before the indexes and tokens: what lies there now would be left by a kill.
            var broken = new BreakingTarget(target, breakAt: 14, afterwards: true);
            var run = () => Copying.RunAsync(source, broken, _time, Cancellation);
            await run.Should().ThrowAsync<StoreUnavailableException>();
        }

        var bytes = await File.ReadAllTextAsync(
            Path.Combine(_folder["sealed"], "cpis.db"),
            System.Text.Encoding.Latin1,
            Cancellation
        );
        bytes.Should().NotContain(Make.Child(1).Digits).And.NotContain("Ann Example");
        var open = await File.ReadAllTextAsync(
            Path.Combine(_folder["readable"], "cpis.db"),
            System.Text.Encoding.Latin1,
            Cancellation
        );
        open.Should().Contain(Make.Child(1).Digits, "the search above finds it where it is");
    }

    [Fact]
    public async Task With_another_key_file_neither_end_opens()
    {
        var closed = Options("sealed", _one);
        await using (await OpenAsync(closed)) { }

        var from = () => Task.FromResult(SqliteTransferSource.Open(closed with { Protection = _two }));
        var to = () =>
            Task.FromResult(SqliteTransferTarget.Open(closed with { Protection = RecordProtection.Readable }));

        (await from.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*key file*");
        (await to.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*is sealed*");
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _folder.Dispose();
    }

    private SqliteStoreOptions Options(string name, RecordProtection protection) =>
        new() { Directory = _folder[name], Protection = protection };

    private Task<SqliteStore> OpenAsync(SqliteStoreOptions options) =>
        SqliteStore.OpenAsync(options, _time, Cancellation);

    private async Task<CopyOutcome> CopyAsync(SqliteStoreOptions from, SqliteStoreOptions to)
    {
        await using var source = SqliteTransferSource.Open(from);
        await using var target = SqliteTransferTarget.Open(to);
        return await Copying.RunAsync(source, target, _time, Cancellation);
    }

    private async Task<string> ShowAsync(SqliteStoreOptions options)
    {
        await using var store = await OpenAsync(options);
        return await Everything.ShowAsync(store, Cancellation);
    }
}
