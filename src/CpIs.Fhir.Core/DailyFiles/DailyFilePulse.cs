namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Wakes who waits for daily files in this process: a file came, or one went on. What other servers do is found by looking again.</summary>
public sealed class DailyFilePulse
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next beat. Take it before looking, so that nothing is missed.</summary>
    public Task Next => _next.Task;

    /// <summary>Something changed.</summary>
    public void Beat() =>
        Interlocked
            .Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .TrySetResult();
}
