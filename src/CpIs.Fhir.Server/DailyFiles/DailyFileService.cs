using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>Works on daily files for as long as the server runs: two slices at once, so that one reads while the other is committed.</summary>
internal sealed partial class DailyFileService(
    DailyFileWork work,
    DailyFilePulse pulse,
    TimeProvider time,
    ILogger<DailyFileService> logger
) : BackgroundService
{
    private const int SlicesAtOnce = 2;

    /// <summary>How soon a file is found that another server took in, or left behind.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    /// <summary>How soon a slice that failed is tried again, whatever comes meanwhile.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Enumerable.Range(0, SlicesAtOnce).Select(_ => Task.Run(() => RunAsync(stoppingToken), stoppingToken))
        );

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var beat = pulse.Next;
                if (await StepAsync(stopping) is not { } isDone)
                    await Task.Delay(AfterFailure, time, stopping);
                else if (!isDone)
                    await Task.WhenAny(beat, Task.Delay(LookAgain, time, stopping));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Another server goes on, or this one when it starts again.
        }
    }

    /// <summary>Whether there was a slice to do; null where it failed.</summary>
    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The loop outlives every failure of one slice; each is logged."
    )]
    private async Task<bool?> StepAsync(CancellationToken stopping)
    {
        try
        {
            return await work.RunSliceAsync(stopping);
        }
        catch (StoreUnavailableException unavailable)
        {
            CutOff(logger, unavailable.Message);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(logger, failure.GetType().Name, failure.StackTrace);
        }

        return null;
    }

    [LoggerMessage(211, LogLevel.Warning, "A daily file was put off: {Reason}")]
    private static partial void CutOff(ILogger logger, string reason);

    [LoggerMessage(212, LogLevel.Error, "A daily file failed with {Exception} {Stack}")]
    private static partial void Failed(ILogger logger, string exception, string? stack);
}
