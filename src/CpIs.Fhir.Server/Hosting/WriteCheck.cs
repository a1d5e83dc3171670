using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>
/// Whether the store can write, found out by a durable write, at most one a second: anybody may ask, and must not be able
/// to wear the disk. Those who ask while one is in progress get its result.
/// </summary>
internal sealed class WriteCheck(Func<CancellationToken, Task> write, TimeProvider time)
{
    /// <summary>How long a store may take that is said to write. One that is frozen says nothing, and whoever asks must be answered.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Lock _asking = new();
    private Task _writing = Task.CompletedTask;
    private Task? _last;
    private long _began;

    /// <summary>Ends as the last write did, and no later than <see cref="Longest"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot write now, or not in time.</exception>
    public Task RunAsync(CancellationToken cancellation)
    {
        lock (_asking)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_began) >= KeptFor))
            {
                _began = time.GetTimestamp();
                _last = WriteAsync();
            }

            return _last.WaitAsync(cancellation);
        }
    }

    private async Task WriteAsync()
    {
        using var limit = new CancellationTokenSource(Longest, time);
        // Where the one before still hangs, another would hang next to it.
        if (_writing.IsCompleted)
            _writing = write(limit.Token);
        try
        {
            await _writing.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new StoreUnavailableException($"No durable write within {Longest.TotalSeconds} s.");
        }
    }
}
