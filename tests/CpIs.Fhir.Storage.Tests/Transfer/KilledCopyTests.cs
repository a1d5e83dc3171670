using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// kill -9 in the middle of a copy, again and again, until one run comes through: the target then holds what the source
/// holds. CPIS_KILLS sets how many times (3 when absent).
/// </summary>
public sealed class KilledCopyTests : IDisposable
{
    private const int Resources = 40_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_anywhere_it_goes_on_when_it_is_run_again()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CPIS_KILLS"), out var wanted) ? wanted : 3;
        await FillAsync();
        var phases = new List<string>();
        for (var kill = 0; kill < kills; kill++)
        {
            // Each run is killed after more steps than the one before; it may be faster than the kill once, at the very end.
            if (await RunAndKillAsync(after: 3 + kill * 23 / Math.Max(1, kills - 1)) is not { } phase)
                break;
            phases.Add(phase);
            var open = () => Copying.OpenAsync(_folder["target"], TimeProvider.System, Cancellation);
            (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*has not finished*");
        }

        phases[0].Should().StartWith("Copying");
        if (phases.Count == kills)
        {
            var outcome = await Copying.RunAsync(
                _folder["source"],
                _folder["target"],
                TimeProvider.System,
                Cancellation
            );
            outcome.Begin.Answer.Should().Be(TransferAnswer.Resumed);
            outcome.IsSound.Should().BeTrue();
            outcome.Sections[0].Target.Count.Should().Be(Resources);
        }

        await using var target = await Copying.OpenAsync(_folder["target"], TimeProvider.System, Cancellation);
        var query = new RecordQuery(RecordType.EpisodeOfCare, null, [new Condition.AnyToken(["n=7"])]) { Count = 0 };
        (await target.SearchAsync(query, Cancellation)).Total.Should().Be(Resources / 10);
    }

    public void Dispose() => _folder.Dispose();

    private async Task FillAsync()
    {
        var source = new MadeSource(
            [.. Enumerable.Range(0, Resources).Select(Resource), new PortableStamp(1)],
            batch: 4_000
        );
        await using var target = SqliteTransferTarget.Open(Copying.Options(_folder["source"]));
        (await Copying.RunAsync(source, target, TimeProvider.System, Cancellation)).IsSound.Should().BeTrue();
    }

    private static PortableResource Resource(int i)
    {
        var id = i.ToString("D6", CultureInfo.InvariantCulture);
        return new PortableResource(Make.Resource(id, identity: id, tokens: [$"n={i % 10}", $"id={id}"]), []);
    }

    /// <summary>Where it was when it was killed; null when it had come through.</summary>
    private async Task<string?> RunAndKillAsync(int after)
    {
        using var process = ChildProcess.Start(CopyProcess.Verb, _folder["source"], _folder["target"]);
        var last = "";
        for (var lines = 0; lines < after; lines++)
        {
            last =
                await process.StandardOutput.ReadLineAsync(Cancellation)
                ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Cancellation));
            if (last.StartsWith("Verifying", StringComparison.Ordinal))
                break;
        }

        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode == 0 ? null : last;
    }
}
