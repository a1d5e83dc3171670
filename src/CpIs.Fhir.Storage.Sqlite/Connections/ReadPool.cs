using System.Collections.Concurrent;
using CpIs.Fhir.Core;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>
/// The read-only connections. A read runs on the calling thread: SQLite is synchronous, an indexed read takes 10-50 µs,
/// which is less than handing it to another thread would cost, and in WAL mode it waits for no writer. Only a free
/// connection is awaited. Searches, which may take seconds, have half of the connections at most, so that a look-up never
/// waits for a few of them.
/// </summary>
internal sealed class ReadPool(string file, int size) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(size, size);
    private readonly SemaphoreSlim _searches = new(Math.Max(1, size / 2));
    private readonly ConcurrentStack<Connection> _idle = new();
    private volatile bool _closed;

    /// <summary>Statements prepared on the connections that are idle now.</summary>
    public IEnumerable<string> Prepared => _idle.SelectMany(c => c.Prepared).Distinct();

    /// <summary>Runs a read.</summary>
    /// <exception cref="StoreUnavailableException">SQLite failed.</exception>
    public async Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            return _closed ? throw new StoreUnavailableException("The store is closed.") : Use(read);
        }
        catch (SqliteException failure)
        {
            throw StoreFailure.Of(failure);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Runs a read that may be long: it is interrupted at the timeout and when nobody waits any more.</summary>
    /// <exception cref="StoreUnavailableException">SQLite failed, or the timeout passed.</exception>
    public async Task<T> SearchAsync<T>(
        Func<Connection, T> read,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await _searches.WaitAsync(stop.Token);
            try
            {
                return await ReadAsync(
                    connection =>
                    {
                        // Disposing of the registration waits for a running interrupt, which so never hits the next read.
                        using var interrupt = stop.Token.Register(connection.Interrupt);
                        stop.Token.ThrowIfCancellationRequested();
                        return read(connection);
                    },
                    stop.Token
                );
            }
            finally
            {
                _searches.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreUnavailableException(
                $"No connection was free for a search within {timeout.TotalSeconds} s."
            );
        }
        catch (StoreUnavailableException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Waits for the reads that run, then closes. Later ones are told that the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < size; i++)
            await _free.WaitAsync();
        while (_idle.TryPop(out var connection))
            connection.Dispose();
        _free.Release(size);
    }

    private T Use<T>(Func<Connection, T> read)
    {
        if (!_idle.TryPop(out var connection))
            connection = Connection.OpenReader(file);
        var sound = false;
        try
        {
            var result = read(connection);
            sound = true;
            return result;
        }
        catch (SqliteException failure)
        {
            sound = StoreFailure.LeavesConnectionSound(failure);
            throw;
        }
        finally
        {
            if (sound)
                _idle.Push(connection);
            else
                connection.Dispose();
        }
    }
}
