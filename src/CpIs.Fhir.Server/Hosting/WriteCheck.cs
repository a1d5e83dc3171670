namespace CpIs.Fhir.Server.Hosting;

/// <summary>
/// Whether the store can write, found out by a durable write, at most one a second: anybody may ask, and must not be able
/// to wear the disk. Those who ask while one is under way get its result.
/// </summary>
internal sealed class WriteCheck(Func<CancellationToken, Task> write, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Lock _asking = new();
    private Task? _last;
    private long _began;

    /// <summary>Ends as the last write did.</summary>
    /// <exception cref="Core.Records.StoreUnavailableException">The store cannot write now.</exception>
    public Task RunAsync(CancellationToken cancellation)
    {
        lock (_asking)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_began) >= KeptFor))
            {
                _began = time.GetTimestamp();
                _last = write(CancellationToken.None);
            }

            return _last.WaitAsync(cancellation);
        }
    }
}
