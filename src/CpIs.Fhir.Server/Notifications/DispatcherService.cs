using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>
/// Runs the dispatcher for as long as the server runs: a step at every signal and whenever something is due, and never more often than
/// <see cref="Pace"/>, so that a burst of look-ups does not keep the store busy with looking for work.
/// </summary>
internal sealed class DispatcherService(
    Dispatcher dispatcher,
    DispatchSignal signal,
    IDispatchObserver observer,
    TimeProvider time,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    /// <summary>The least time between two steps.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>How long attempts in progress may take to end when the server stops; what is cut off is repeated.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var sending = new CancellationTokenSource();
        try
        {
            await StartedAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                var pace = Task.Delay(Pace, time, stoppingToken);
                var next = await StepAsync(sending.Token);
                if (next > TimeSpan.Zero)
                    await signal.WaitAsync(next, stoppingToken);
                await pace;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }

        await Task.WhenAny(dispatcher.WhenQuietAsync(), Task.Delay(Grace, time, CancellationToken.None));
        await sending.CancelAsync();
        await dispatcher.WhenQuietAsync();
        await dispatcher.EndAsync();
    }

    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The loop outlives every failure of one step; each is reported."
    )]
    private async Task<TimeSpan> StepAsync(CancellationToken sending)
    {
        try
        {
            return await dispatcher.StepAsync(sending);
        }
        catch (Exception failure)
        {
            observer.Failed(null, failure);
            return Dispatcher.AfterFailure;
        }
    }

    /// <summary>Waits until the server listens: only then is its own URL known, which every notification names.</summary>
    private Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        return started.Task.WaitAsync(stopping);
    }
}
