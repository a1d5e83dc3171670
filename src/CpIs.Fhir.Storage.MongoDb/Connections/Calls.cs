using CpIs.Fhir.Core;

namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>
/// Calls to the store as its ports promise them: a read ends with its answer or an error, and a write that may safely be sent
/// twice is sent again within its budget while a new primary is elected.
/// </summary>
internal sealed class Calls(MongoStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a read once. The driver itself tries once more after a lost connection.</summary>
    /// <exception cref="StoreUnavailableException">It could not be read.</exception>
    public static async Task<T> ReadOnceAsync<T>(Func<Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await read();
        }
        catch (Exception failure) when (StoreFailure.IsOfStore(failure))
        {
            throw StoreFailure.Of(failure, cancellation);
        }
    }

    /// <summary>
    /// Runs a read, again if need be, until it is answered or <see cref="MongoStoreOptions.ReadTimeout"/> is over: a look-up waits
    /// for a new primary rather than telling a clinician at once that nothing could be checked.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It could not be read.</exception>
    public Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        TryAsync((_, late) => read(late), options.ReadTimeout, "answered", cancellation);

    /// <summary>
    /// Runs a write that does the same however often it is sent, until it is durable or <see cref="MongoStoreOptions.WriteBudget"/>
    /// is over.
    /// </summary>
    /// <param name="write">Given whether an earlier try may have been carried out.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">Whether it was written is not known.</exception>
    public Task<T> WriteAsync<T>(Func<bool, CancellationToken, Task<T>> write, CancellationToken cancellation) =>
        TryAsync(write, options.WriteBudget, "durable", cancellation);

    private async Task<T> TryAsync<T>(
        Func<bool, CancellationToken, Task<T>> call,
        TimeSpan length,
        string wanted,
        CancellationToken cancellation
    )
    {
        using var budget = new Budget(length, time, cancellation);
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await call(pause != FirstPause, budget.Token);
            }
            catch (Exception failure) when (StoreFailure.IsPassing(failure) && !cancellation.IsCancellationRequested)
            {
                if (!await budget.PauseAsync(pause))
                    throw StoreFailure.Of(failure);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new StoreUnavailableException($"Not {wanted} within {length.TotalSeconds} s.");
            }
            catch (Exception failure) when (StoreFailure.IsOfStore(failure))
            {
                throw StoreFailure.Of(failure, cancellation);
            }
        }
    }

    /// <summary>The pause after this one: twice as long, and of no common rhythm with other writers.</summary>
    public static TimeSpan Longer(TimeSpan pause)
    {
        var doubled = pause * (1.5 + Random.Shared.NextDouble());
        return doubled < LongestPause ? doubled : LongestPause;
    }
}
