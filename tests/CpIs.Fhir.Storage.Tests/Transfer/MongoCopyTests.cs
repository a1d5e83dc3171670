using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>What only a copy into MongoDB meets: two that copy at once, a database that was made ready before, kill -9.</summary>
public sealed class MongoCopyTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);
    private MongoEnd _end = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMongoDatabase Database => _end.Database;

    public async ValueTask InitializeAsync()
    {
        _end = await MongoEnd.NewAsync();
        await using var store = await Copying.OpenAsync(_folder["source"], _time, Cancellation);
        await Everything.FillAsync(store, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_end is not null)
            await _end.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_two_that_copy_the_same_at_once_the_later_goes_on_and_the_earlier_is_told()
    {
        await using var source = SqliteTransferSource.Open(Copying.Options(_folder["source"]));
        var made = await MadeSource.OfAsync(source, Make.Noon, Cancellation);
        await using var first = await _end.OpenTargetAsync(_time, Cancellation);
        await using var second = await _end.OpenTargetAsync(_time, Cancellation);
        var broken = new BreakingTarget(first, breakAt: 3, afterwards: true);
        var run = () => Copying.RunAsync(made, broken, _time, Cancellation);
        await run.Should().ThrowAsync<StoreUnavailableException>();

        (await Copying.RunAsync(made, second, _time, Cancellation)).Begin.Answer.Should().Be(TransferAnswer.Resumed);

        var write = () => first.WriteAsync(null, TransferSection.Events, TransferBookmark.Start, Cancellation);
        (await write.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*taken over this copy*");
    }

    [Fact]
    public async Task A_database_whose_collections_and_indexes_were_made_before_is_filled_as_well()
    {
        await using (await _end.OpenAsync(_time, Cancellation)) { }

        (await CopyAsync()).IsSound.Should().BeTrue();

        await using var target = await _end.OpenAsync(_time, Cancellation);
        await using var store = await Copying.OpenAsync(_folder["source"], _time, Cancellation);
        (await Everything.ShowAsync(target, Cancellation)).Should().Be(await Everything.ShowAsync(store, Cancellation));
    }

    [Fact]
    public async Task What_was_changed_in_the_target_before_the_end_is_found_and_the_target_stays_closed()
    {
        await using (var source = SqliteTransferSource.Open(Copying.Options(_folder["source"])))
        await using (var target = await _end.OpenTargetAsync(_time, Cancellation))
        {
            var outcome = await Copying.RunAsync(source, target, _time, Cancellation, Tamper);
            var wrong = outcome.Sections.Single(s => s.Fault != SectionFault.None);
            (wrong.Section, wrong.Fault).Should().Be((TransferSection.Events, SectionFault.TargetDiffers));
        }

        (await CopyAsync()).IsSound.Should().BeFalse("another run changes nothing of it");
        var open = () => _end.OpenAsync(_time, Cancellation);
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*");

        void Tamper(TransferProgress progress)
        {
            if (progress is { Phase: TransferPhase.Finishing } && progress.Done == progress.Total)
                Database
                    .GetCollection<BsonDocument>("events")
                    .UpdateOne(new BsonDocument("n", 2), new BsonDocument("$inc", new BsonDocument("f", 1L)));
        }
    }

    [Fact]
    public async Task From_readable_to_sealed_and_back_nothing_is_lost()
    {
        using var keys = new SealedRecords(ProtectionKeys.Make("test"));
        var options = _end.Options with { Protection = keys };
        await using (var source = SqliteTransferSource.Open(Copying.Options(_folder["source"])))
        await using (var target = await MongoTransferTarget.OpenAsync(options, _time, Cancellation))
            (await Copying.RunAsync(source, target, _time, Cancellation)).IsSound.Should().BeTrue();

        var readable = () => _end.OpenSourceAsync(Cancellation);
        (await readable.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*another protection*");

        await using (var source = await MongoTransferSource.OpenAsync(options, Cancellation))
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["back"])))
            (await Copying.RunAsync(source, target, _time, Cancellation)).IsSound.Should().BeTrue();
        await using var before = await Copying.OpenAsync(_folder["source"], _time, Cancellation);
        await using var after = await Copying.OpenAsync(_folder["back"], _time, Cancellation);
        (await Everything.ShowAsync(after, Cancellation)).Should().Be(await Everything.ShowAsync(before, Cancellation));
    }

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_when_it_is_run_again()
    {
        const int Resources = 12_000;
        var many = new MadeSource(
            [
                .. Enumerable
                    .Range(0, Resources)
                    .Select(i => new PortableResource(Make.Resource($"r{i:D6}", identity: $"{i}", tokens: "t=1"), [])),
                new PortableStamp(1),
            ],
            batch: 4_000
        );
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["many"])))
            (await Copying.RunAsync(many, target, _time, Cancellation)).IsSound.Should().BeTrue();

        using (
            var process = ChildProcess.Start(
                CopyProcess.Verb,
                _folder["many"],
                CopyProcess.MongoDb,
                _end.Options.ConnectionString,
                _end.Options.Database
            )
        )
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(Cancellation);
            while (line is not null && !line.StartsWith("Copying Resources 4000", StringComparison.Ordinal));
            line.Should().NotBeNull(await ErrorOfAsync(process, line));
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        var open = () => _end.OpenAsync(_time, Cancellation);
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*");
        await using var source = SqliteTransferSource.Open(Copying.Options(_folder["many"]));
        await using var again = await _end.OpenTargetAsync(_time, Cancellation);
        var outcome = await Copying.RunAsync(source, again, _time, Cancellation);
        outcome.Begin.Answer.Should().Be(TransferAnswer.Resumed);
        outcome.IsSound.Should().BeTrue();
        outcome.Sections[0].Target.Count.Should().Be(Resources);
    }

    private static async Task<string> ErrorOfAsync(System.Diagnostics.Process process, string? line) =>
        line is null ? await process.StandardError.ReadToEndAsync(Cancellation) : "";

    private async Task<CopyOutcome> CopyAsync()
    {
        await using var source = SqliteTransferSource.Open(Copying.Options(_folder["source"]));
        await using var target = await _end.OpenTargetAsync(_time, Cancellation);
        return await Copying.RunAsync(source, target, _time, Cancellation);
    }
}
