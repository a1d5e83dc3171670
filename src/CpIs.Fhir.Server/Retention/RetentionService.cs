using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Retention;

namespace CpIs.Fhir.Server.Retention;

/// <summary>Has what was kept long enough removed each hour, by whichever server comes first.</summary>
internal sealed partial class RetentionService(RetentionRun run, TimeProvider time, ILogger<RetentionService> logger)
    : BackgroundService
{
    /// <summary>After the start, so that a server which has just come up has its hands free.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(FirstAfter, time, stoppingToken);
            while (true)
            {
                await RunAsync(stoppingToken);
                await Task.Delay(RetentionRun.Every, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the next run goes on.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failed run must not end the server; it is logged.")]
    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await run.RunAsync(Report, stopping);
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

    private void Report(RetentionCounts counts)
    {
        if (counts.IsWorthTelling)
            Removed(logger, counts);
    }

    [LoggerMessage(50, LogLevel.Information, "Retention {Counts}")]
    private static partial void Removed(ILogger logger, RetentionCounts counts);

    [LoggerMessage(51, LogLevel.Warning, "Retention was cut off and goes on within the hour: {Reason}")]
    private static partial void CutOff(ILogger logger, string reason);

    [LoggerMessage(52, LogLevel.Error, "Retention failed with {Exception} {Stack}")]
    private static partial void Failed(ILogger logger, string exception, string? stack);
}
