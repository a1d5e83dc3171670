using System.Collections.Concurrent;
using MongoGateway.Errors;
using MongoGateway.Postgres;
using MongoGateway.Wire;
using Npgsql;

namespace MongoGateway.Sessions;

/// <summary>The sessions of all clients, and the latest transaction of each.</summary>
internal sealed class Transactions(Database database, Cursors cursors)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60); // as a server's transactionLifetimeLimitSeconds
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30); // as a server's logicalSessionTimeoutMinutes

    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private readonly Commits _commits = new(database);

    /// <summary>
    /// Takes the turn of the request's session, and finds or starts its transaction. A retryable write takes a turn as well: asked
    /// for again while it is still under way, it must find its own outcome. Whoever gets a turn releases it.
    /// </summary>
    public async Task EnterAsync(Request request)
    {
        if (request.Number is not { } number || request.Session is not { } id)
            return;
        var session = _sessions.GetOrAdd(id, _ => new Session());
        await session.Turn.WaitAsync();
        (request.Turn, session.LastUsed) = (session.Turn, DateTime.UtcNow);
        if (!request.IsTransactional)
            return;
        if (request.Command.FindBool("startTransaction") == true)
            await StartAsync(session, id, number);
        if (session.Transaction?.Number == number)
            request.Transaction = session.Transaction;
        // A commit may be asked for again after this process was killed and started anew.
        if (request.EndsTransaction || request.Transaction?.State == TransactionState.Started)
            return;
        throw request.Transaction?.State switch
        {
            null => Unknown(number),
            TransactionState.Committed => new MongoError(256, "TransactionCommitted", $"Transaction {number} is over"),
            _ => MongoError.NoSuchTransaction($"Transaction {number} has been aborted"),
        };
    }

    /// <summary>A commit that was carried out answers the same however often, and by whichever process, it is asked for.</summary>
    public async Task CommitAsync(Request request)
    {
        if (!request.IsTransactional || request.Number is not { } number || request.Session is not { } session)
            throw new MongoError(125, "CommandFailed", "commitTransaction must be run within a transaction");
        if (request.Transaction is { State: TransactionState.Started } transaction)
        {
            cursors.Forget(transaction);
            try
            {
                await Commits.CommitAsync(transaction);
                await transaction.EndAsync(TransactionState.Committed);
            }
            catch (NpgsqlException e)
            {
                await transaction.EndAsync(IsRefusal(e) ? TransactionState.Aborted : TransactionState.Unknown);
                throw;
            }
        }
        else if (request.Transaction is { State: TransactionState.Aborted })
            throw MongoError.NoSuchTransaction($"Transaction {number} has been aborted");
        else if (
            request.Transaction is not { State: TransactionState.Committed }
            && !await _commits.IsCommittedAsync(session, number)
        )
            throw Unknown(number);
    }

    public async Task AbortAsync(Request request)
    {
        if (request.Transaction is not { State: TransactionState.Started } transaction)
            throw MongoError.NoSuchTransaction("there is no transaction to abort");
        await AbortAsync(transaction);
    }

    public async Task AbortAsync(Transaction transaction)
    {
        if (transaction.Connection is not { } connection)
            return;
        cursors.Forget(transaction);
        try
        {
            await Sql.RunAsync(connection, "ROLLBACK");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the transaction with it.
        }

        await transaction.EndAsync(TransactionState.Aborted);
    }

    /// <summary>Aborts whatever is open, as a server does that steps down.</summary>
    public Task AbortAllAsync() => Task.WhenAll(_sessions.Values.Select(AbortInTurnAsync));

    public async Task EndSessionAsync(string id)
    {
        if (_sessions.TryRemove(id, out var session))
            await AbortInTurnAsync(session);
    }

    /// <summary>Aborts what its client has forgotten, and forgets what has long ended.</summary>
    public async Task ReapAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            foreach (var (id, session) in _sessions)
            {
                var idle = DateTime.UtcNow - session.LastUsed;
                if (idle > Memory)
                    await EndSessionAsync(id);
                else if (idle > Lifetime)
                    await AbortInTurnAsync(session);
            }

            await cursors.ReapAsync();
        }
    }

    private async Task StartAsync(Session session, string id, long number)
    {
        if (session.Transaction is { } old)
        {
            if (old.Number == number)
                throw new MongoError(117, "ConflictingOperationInProgress", $"Transaction {number} was started before");
            if (old.Number > number)
                throw new MongoError(225, "TransactionTooOld", $"Transaction {number} is older than {old.Number}");
            await AbortAsync(old);
        }

        var connection = await database.OpenAsync();
        // Who meets a lock is to fail soon, as on a server, where a conflicting write is never waited for.
        await Sql.RunAsync(
            connection,
            "START TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '20ms'"
        );
        session.Transaction = new Transaction(id, number, connection);
    }

    /// <summary>A connection that is ended by a shutdown may have committed before.</summary>
    private static bool IsRefusal(NpgsqlException e) =>
        e is PostgresException { SqlState: not ("57P01" or "57P02" or "57P03") };

    private async Task AbortInTurnAsync(Session session)
    {
        await session.Turn.WaitAsync();
        try
        {
            if (session.Transaction is not null)
                await AbortAsync(session.Transaction);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private static MongoError Unknown(long number) =>
        MongoError.NoSuchTransaction($"Given transaction number {number} does not match any in-progress transactions");
}
