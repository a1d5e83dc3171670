using CpIs.Fhir.Core;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>
/// Multi-document transactions: a snapshot is read, and a majority has the commit in its journal. Tried again, like the
/// driver's own <c>WithTransaction</c>, when another writer was in the way or the outcome of a commit is not known, but within
/// our budget and without its two minutes. See docs/adr/0024.
/// </summary>
internal sealed class Transactions(IMongoClient client, MongoStoreOptions options, TimeProvider time)
{
    private const string Transient = "TransientTransactionError";
    private const string UnknownCommit = "UnknownTransactionCommitResult";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(3);

    private readonly TransactionOptions _options = new(
        ReadConcern.Snapshot,
        ReadPreference.Primary,
        Connection.Durable(options),
        maxCommitTime: options.WriteBudget
    );

    /// <summary>Runs the body until it is committed, or says itself that nothing is to be kept.</summary>
    /// <param name="body">Reads and writes in the session. May run several times, each time on a new snapshot.</param>
    /// <param name="cancellation">Cancels the wait, but not a commit that was sent.</param>
    /// <param name="findOut">
    /// Finds out whether it was committed when nobody said so, and sees that it cannot be any more when it was not; without
    /// it such a transaction ends as unknown.
    /// </param>
    /// <exception cref="StoreUnavailableException">It was not carried out, or how it ended is not known.</exception>
    public async Task<T> RunAsync<T>(
        Func<IClientSessionHandle, CancellationToken, Task<Kept<T>>> body,
        CancellationToken cancellation,
        Func<Task<bool>>? findOut = null
    )
    {
        using var budget = new Budget(options.WriteBudget, time, cancellation);
        var pause = FirstPause;
        while (true)
        {
            try
            {
                using var session = await client.StartSessionAsync(
                    new ClientSessionOptions { CausalConsistency = false },
                    budget.Token
                );
                return await TryAsync(session, body, budget, findOut);
            }
            catch (Exception failure)
                when ((StoreFailure.IsPassing(failure) || failure is RepeatTransactionException)
                    && !cancellation.IsCancellationRequested
                )
            {
                if (!await budget.PauseAsync(pause))
                    throw failure is RepeatTransactionException
                        ? new StoreUnavailableException("Other writers kept changing the same data.")
                        : StoreFailure.Of(failure);
                pause = Calls.Longer(pause);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new StoreUnavailableException($"Not committed within {options.WriteBudget.TotalSeconds} s.");
            }
            catch (Exception failure) when (StoreFailure.IsOfStore(failure) || failure is RepeatTransactionException)
            {
                throw StoreFailure.Of(failure, cancellation);
            }
        }
    }

    private async Task<T> TryAsync<T>(
        IClientSessionHandle session,
        Func<IClientSessionHandle, CancellationToken, Task<Kept<T>>> body,
        Budget budget,
        Func<Task<bool>>? findOut
    )
    {
        session.StartTransaction(_options);
        Kept<T> result;
        try
        {
            result = await body(session, budget.Token);
        }
        catch
        {
            await AbortAsync(session);
            throw;
        }

        if (!result.Keep)
        {
            await AbortAsync(session);
            return result.Value;
        }

        if (await TryCommitAsync(session, budget))
            return result.Value;
        if (findOut is not null && await findOut())
            return result.Value;
        throw new StoreUnavailableException(
            findOut is null ? "A commit was sent; its outcome is not known." : "The commit was not applied."
        );
    }

    /// <summary>False when it was sent and nobody said how it ended.</summary>
    private static async Task<bool> TryCommitAsync(IClientSessionHandle session, Budget budget)
    {
        for (var pause = FirstPause; ; pause = Calls.Longer(pause))
        {
            try
            {
                // Not with the caller's token: once a commit is sent, to go away only makes its outcome unknown.
                await session.CommitTransactionAsync(budget.Late);
                return true;
            }
            catch (MongoException failure) when (failure.HasErrorLabel(Transient))
            {
                throw new RepeatTransactionException();
            }
            catch (Exception failure) when (IsUnknown(failure))
            {
                if (!await PauseAsync(budget, pause))
                    return false;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static async Task<bool> PauseAsync(Budget budget, TimeSpan pause)
    {
        try
        {
            return await budget.PauseAsync(pause);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsUnknown(Exception failure) =>
        (failure is MongoException labelled && labelled.HasErrorLabel(UnknownCommit))
        || StoreFailure.IsPassing(failure);

    private static async Task AbortAsync(IClientSessionHandle session)
    {
        try
        {
            if (session.IsInTransaction)
                await session.AbortTransactionAsync(CancellationToken.None);
        }
        catch (Exception failure) when (StoreFailure.IsOfStore(failure))
        {
            // The server ends an abandoned transaction by itself; nothing of it was committed.
        }
    }
}

/// <summary>What a transaction answers, and whether what it wrote is committed.</summary>
internal readonly record struct Kept<T>(T Value, bool Keep)
{
    public static implicit operator Kept<T>(T value) => new(value, true);
}

/// <summary>Somebody else was first with a number or a version: read again and try again.</summary>
internal sealed class RepeatTransactionException : Exception;
