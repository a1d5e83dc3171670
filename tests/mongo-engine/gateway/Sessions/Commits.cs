using MongoGateway.Postgres;
using Npgsql;

namespace MongoGateway.Sessions;

/// <summary>
/// Which transactions were committed, written in the same commit. Without it a client that asks again, because the answer was
/// lost with this process or with PostgreSQL, would be told that there was no such transaction, and would run it twice.
/// </summary>
internal sealed class Commits(Database database)
{
    // A transaction that has only read is not worth a write: to run it again does no harm.
    private const string Remember = """
        INSERT INTO mongogw.commits (session, number)
        SELECT $1, $2 WHERE pg_current_xact_id_if_assigned() IS NOT NULL
        ON CONFLICT (session) DO UPDATE SET number = excluded.number, at = excluded.at
        """;

    // Waits for a commit that is under way on a connection which the client has lost, because it wants the same row.
    private const string Ask = """
        INSERT INTO mongogw.commits AS c (session, number) VALUES ($1, -1)
        ON CONFLICT (session) DO UPDATE SET number = c.number RETURNING number = $2
        """;

    public static async Task CommitAsync(Transaction transaction)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Remember)
            {
                Parameters = { Sql.Parameter(transaction.Session), Sql.Parameter(transaction.Number) },
            }
        );
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync();
    }

    public async Task<bool> IsCommittedAsync(string session, long number)
    {
        await using var connection = await database.OpenAsync();
        await using var command = Sql.Command(connection, Ask, session, number);
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
