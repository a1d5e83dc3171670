namespace CpIs.Fhir.Core.Leases;

/// <summary>
/// The leases of this server, under a name that no other process has: work that one of the servers of a store does for all.
/// </summary>
/// <param name="store">Where all servers ask.</param>
/// <param name="ids">Makes this server's name.</param>
/// <param name="time">The clock of durations.</param>
public sealed class ServerLeases(ILeaseStore store, IdGenerator ids, TimeProvider time)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>This process among the servers of its store: new at each start.</summary>
    public string Server { get; } = ids.Next();

    /// <summary>Takes a lease that is free, or prolongs this server's own.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="duration">How long it holds from now.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public Task<bool> TryHoldAsync(string name, TimeSpan duration, CancellationToken cancellation) =>
        store.TryHoldAsync(name, Server, time.GetUtcNow(), duration, cancellation);

    /// <summary>Gives a lease back. One that cannot be given back lapses by itself, so that is not a failure.</summary>
    public async Task ReleaseAsync(string name)
    {
        try
        {
            await store.ReleaseAsync(name, Server, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // It lapses.
        }
    }

    /// <summary>Waits until no other server does this work, and does it.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="duration">Longer than the work takes; a server that dies in it keeps the others waiting for as long.</param>
    /// <param name="work">The work. It looks first whether another server has done it meanwhile.</param>
    /// <param name="cancellation">Cancels the wait and the work.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task RunAloneAsync(string name, TimeSpan duration, Func<Task> work, CancellationToken cancellation)
    {
        while (!await TryHoldAsync(name, duration, cancellation).ConfigureAwait(false))
            await Task.Delay(AskAgain, time, cancellation).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            await ReleaseAsync(name).ConfigureAwait(false);
        }
    }
}
