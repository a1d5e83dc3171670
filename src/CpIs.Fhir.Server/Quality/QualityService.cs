using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Quality;

namespace CpIs.Fhir.Server.Quality;

/// <summary>Has the data-quality reports made once a night, by whichever server comes first.</summary>
internal sealed partial class QualityService(QualityRun run, TimeProvider time, ILogger<QualityService> logger)
    : BackgroundService
{
    /// <summary>After the start, so that a server which has just come up has its hands free.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(2);

    /// <summary>From one look whether it is time to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(FirstAfter, time, stoppingToken);
            while (true)
            {
                await RunAsync(stoppingToken);
                await Task.Delay(Every, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; another one, or the next start, makes them.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failed run must not end the server; it is logged.")]
    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            if (await run.RunAsync(stopping) is { } made)
                Made(logger, made);
        }
        catch (StoreUnavailableException unavailable)
        {
            CutOff(logger, unavailable.Message);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(logger, failure.GetType().Name, failure.StackTrace);
        }
    }

    [LoggerMessage(60, LogLevel.Information, "Data-quality reports made: {Count}")]
    private static partial void Made(ILogger logger, int count);

    [LoggerMessage(61, LogLevel.Warning, "Data-quality reports were cut off and are begun again: {Reason}")]
    private static partial void CutOff(ILogger logger, string reason);

    [LoggerMessage(62, LogLevel.Error, "Data-quality reports failed with {Exception} {Stack}")]
    private static partial void Failed(ILogger logger, string exception, string? stack);
}
