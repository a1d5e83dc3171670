namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>The time that a write may take with all its tries; a caller who goes away ends it early.</summary>
internal sealed class Budget : IDisposable
{
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _length;

    public Budget(TimeSpan length, TimeProvider time, CancellationToken caller)
    {
        caller.ThrowIfCancellationRequested();
        (_length, _time, _caller, _start) = (length, time, caller, time.GetTimestamp());
        _late = new CancellationTokenSource(length, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _late.Token);
    }

    /// <summary>Ends with the budget or the caller.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Ends with the budget alone: for what must not be left because a caller went away.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>Waits before the next try. False when there is no time for one.</summary>
    public async Task<bool> PauseAsync(TimeSpan pause)
    {
        if (_time.GetElapsedTime(_start) + pause >= _length)
            return false;
        try
        {
            // Of the real clock: a test that stands still must not keep a writer waiting for ever.
            await Task.Delay(pause, _either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _caller.ThrowIfCancellationRequested();
            return false;
        }
    }

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }
}
