using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>Does some work each minute for as long as the server runs, unless another server does it.</summary>
internal sealed partial class MinuteService(
    IMinuteWork work,
    ServerLeases leases,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<MinuteService> logger
) : BackgroundService
{
    private readonly MinuteShift _shift = new(work, leases);
    private bool _waits;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(MinuteShift.Every, time);
            do await StepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }

        await _shift.EndAsync();
    }

    /// <summary>A server that does not come up, for a wrong setting or a wrong store, raises no alarm of ours besides.</summary>
    private Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        return started.Task.WaitAsync(stopping);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failure must not end the watch; it is logged.")]
    private async Task StepAsync(CancellationToken stopping)
    {
        try
        {
            await _shift.StepAsync(stopping);
            if (_waits)
                GoesOn(logger, work.Name);
            _waits = false;
        }
        catch (StoreUnavailableException unavailable)
        {
            if (!_waits)
                Waits(logger, work.Name, unavailable.Message);
            _waits = true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(logger, work.Name, failure.GetType().Name, failure.StackTrace);
        }
    }

    [LoggerMessage(320, LogLevel.Error, "ALARM {Work} cannot be done: {Reason}")]
    private static partial void Waits(ILogger logger, string work, string reason);

    [LoggerMessage(321, LogLevel.Information, "{Work} is done again")]
    private static partial void GoesOn(ILogger logger, string work);

    [LoggerMessage(322, LogLevel.Error, "{Work} failed with {Exception} {Stack}")]
    private static partial void Failed(ILogger logger, string work, string exception, string? stack);
}
