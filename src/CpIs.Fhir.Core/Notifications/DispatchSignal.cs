namespace CpIs.Fhir.Core.Notifications;

/// <summary>One dispatcher waits here; any number of signals while it works count as one.</summary>
public sealed class DispatchSignal(TimeProvider time) : IDispatchSignal
{
    private TaskCompletionSource _awake = New();

    /// <inheritdoc />
    public void Wake() => Volatile.Read(ref _awake).TrySetResult();

    /// <summary>Returns at the next signal, at once if there was one since the last wait, or after the idle time.</summary>
    public async Task WaitAsync(TimeSpan idle, CancellationToken cancellation)
    {
        var awake = Volatile.Read(ref _awake);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(awake.Task, Task.Delay(idle, time, wait.Token)).ConfigureAwait(false);
        await wait.CancelAsync().ConfigureAwait(false);
        if (awake.Task.IsCompleted)
            Volatile.Write(ref _awake, New());
        cancellation.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
