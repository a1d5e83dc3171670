using System.Diagnostics;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>One copy as a command runs it: with its progress shown, its end reported, and a way to continue where it was ended.</summary>
internal static class CopyRun
{
    /// <summary>Copies, verifies and tells.</summary>
    public static async Task<int> RunAsync(
        Run run,
        ITransferSource source,
        ITransferTarget target,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        var times = new SectionTimes();
        try
        {
            var outcome = await PhaseProgress.RunAsync(
                run.Surroundings,
                phases =>
                    new StoreCopy(source, target, run.Surroundings.Time).RunAsync(new Told(phases, times), cancellation)
            );
            return CopyReport.Tell(
                run.Report,
                (source.Description, target.Description),
                outcome,
                times,
                Stopwatch.GetElapsedTime(start)
            );
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new CannotRunException(
                "interrupted. What was written stays. Run the same command again: it continues."
            );
        }
        catch (StoreUnavailableException failure)
        {
            throw new CannotRunException(failure.Message, inner: failure);
        }
    }

    private sealed class Told(PhaseProgress phases, SectionTimes times) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            times.Note(value);
            phases.Report(Name(value), value.Done, value.Total);
        }

        private static string Name(TransferProgress value) =>
            value switch
            {
                { Phase: TransferPhase.Copying, Section: { } section } => $"Copying {section.Words()}",
                { Phase: TransferPhase.Verifying, Section: { } section } => $"Verifying {section.Words()}",
                _ => "Making indexes",
            };
    }
}
