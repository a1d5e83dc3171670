using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A copy that was ended anywhere goes on where it was.</summary>
public sealed class InterruptedCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Make.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_copied_is_not_read_again_to_go_on()
    {
        var source = await MakeSourceAsync();
        await TryBreakAsync(source, "target", at: 7, afterwards: false);
        var firstOfSecondRun = new Dictionary<TransferSection, long>();

        await using var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"]));
        await Copying.RunAsync(source, target, _time, Cancellation, Told);

        firstOfSecondRun.Should().NotContainKey(TransferSection.Resources, "that section was whole");
        firstOfSecondRun[TransferSection.Occurrences].Should().BeGreaterThan(2, "some batches of it were there");

        void Told(TransferProgress progress)
        {
            if (progress is { Phase: TransferPhase.Copying, Section: { } section })
                firstOfSecondRun.TryAdd(section, progress.Done);
        }
    }

    [Fact]
    public async Task Cancelled_it_ends_with_what_was_written_and_goes_on()
    {
        var source = await MakeSourceAsync();
        using var stop = new CancellationTokenSource();
        await using (var target = SqliteTransferTarget.Open(Copying.Options(_folder["target"])))
        {
            var run = () =>
                Copying.RunAsync(
                    source,
                    target,
                    _time,
                    stop.Token,
                    progress =>
                    {
                        if (progress.Section == TransferSection.Occurrences)
                            stop.Cancel();
                    }
                );
            await run.Should().ThrowAsync<OperationCanceledException>();
        }

        var open = () => Copying.OpenAsync(_folder["target"], _time, Cancellation);
        await open.Should().ThrowAsync<StoreUnavailableException>();
        await using var again = SqliteTransferTarget.Open(Copying.Options(_folder["target"]));
        var outcome = await Copying.RunAsync(source, again, _time, Cancellation);
        outcome.Begin.Answer.Should().Be(TransferAnswer.Resumed);
        outcome.IsSound.Should().BeTrue();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<MadeSource> MakeSourceAsync()
    {
        await using (var store = await Copying.OpenAsync(_folder["source"], _time, Cancellation))
            await Everything.FillAsync(store, Cancellation);
        await using var source = SqliteTransferSource.Open(Copying.Options(_folder["source"]));
        return await MadeSource.OfAsync(source, Make.Noon, Cancellation);
    }

    /// <summary>False when there were fewer writes.</summary>
    private async Task<bool> TryBreakAsync(MadeSource source, string name, int at, bool afterwards)
    {
        await using var target = SqliteTransferTarget.Open(Copying.Options(_folder[name]));
        var breaking = new BreakingTarget(target, at, afterwards);
        try
        {
            await Copying.RunAsync(source, breaking, _time, Cancellation);
            return false;
        }
        catch (StoreUnavailableException)
        {
            breaking.HasBroken.Should().BeTrue();
            return true;
        }
    }
}
