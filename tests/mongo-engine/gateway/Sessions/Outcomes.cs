using MongoGateway.Postgres;
using MongoGateway.Wire;

namespace MongoGateway.Sessions;

/// <summary>The answer to the latest retryable write of several statements of each session, kept in the same commit.</summary>
internal sealed class Outcomes(Database database)
{
    private const string Find = "SELECT answer FROM mongogw.outcomes WHERE session = $1 AND number = $2";

    private const string Keep = """
        INSERT INTO mongogw.outcomes (session, number, answer) VALUES ($1, $2, $3)
        ON CONFLICT (session) DO UPDATE SET number = excluded.number, answer = excluded.answer, at = excluded.at
        """;

    /// <summary>Runs a write, or gives the answer that it had.</summary>
    public async Task<ReadOnlyMemory<byte>> RunOnceAsync(Request request, string sql, params object?[] arguments)
    {
        var (session, number) = (request.Session!, request.Number!.Value);
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var find = Sql.Command(connection, Find, session, number);
        if (await find.ExecuteScalarAsync() is byte[] kept)
            return kept;
        await using var write = Sql.Command(connection, sql, arguments);
        ReadOnlyMemory<byte> answer = (byte[])(await write.ExecuteScalarAsync())!;
        await using var keep = Sql.Command(connection, Keep, session, number, answer);
        await keep.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return answer;
    }
}
