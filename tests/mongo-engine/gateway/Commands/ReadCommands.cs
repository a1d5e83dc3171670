using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Postgres;
using MongoGateway.Sessions;
using MongoGateway.Wire;
using Npgsql;

namespace MongoGateway.Commands;

/// <summary>Reading: cursors, counts, distinct values.</summary>
internal sealed class ReadCommands(Database database, Cursors cursors) : ICommandGroup
{
    private const string NextPage =
        "SELECT cursorpage::bytea, continuation::bytea FROM documentdb_api.cursor_get_more($1,$2,$3)";

    public IEnumerable<(string Name, Handler Run)> Commands =>
        [
            ("find", request => FirstPageAsync(request, "find_cursor_first_page")),
            ("aggregate", request => FirstPageAsync(request, "aggregate_cursor_first_page")),
            ("listCollections", request => FirstPageAsync(request, "list_collections_cursor_first_page")),
            ("listIndexes", request => FirstPageAsync(request, "list_indexes_cursor_first_page")),
            ("getMore", GetMoreAsync),
            ("killCursors", KillCursorsAsync),
            ("count", request => ScalarAsync(request, "count_query", ExactCount(request))),
            ("distinct", request => ScalarAsync(request, "distinct_query", request.Command.Bytes)),
        ];

    private Task<ReadOnlyMemory<byte>> ScalarAsync(Request request, string function, ReadOnlyMemory<byte> command) =>
        database.AnswerAsync(
            request,
            $"SELECT document::bytea FROM documentdb_api.{function}($1,$2)",
            request.Database,
            command
        );

    /// <summary>Without a filter the engine answers a count from planner statistics; a server is exact.</summary>
    private static ReadOnlyMemory<byte> ExactCount(Request request)
    {
        const int EmptyDocument = 5;
        if (request.Command.FindDocument("query") is { Bytes.Length: > EmptyDocument })
            return request.Command.Bytes;
        var any = new BsonDocument("_id", new BsonDocument("$exists", true));
        return Reply.Encode(Reply.Decode(request.Command).Set("query", any));
    }

    private async Task<ReadOnlyMemory<byte>> FirstPageAsync(Request request, string function)
    {
        var sql =
            $"SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.{function}($1,$2)";
        var connection = request.Transaction?.Connection ?? await database.OpenAsync();
        var isKept = request.Transaction is not null;
        try
        {
            await using var command = Sql.Command(connection, sql, request.Database, request.Command.Bytes);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var page = reader.GetFieldValue<byte[]>(0);
            if (await reader.IsDBNullAsync(1))
                return page;
            var holds = !isKept && !await reader.IsDBNullAsync(2) && reader.GetBoolean(2);
            cursors.Keep(
                new Cursor(reader.GetInt64(3), request.Database, reader.GetFieldValue<byte[]>(1))
                {
                    Connection = holds ? connection : null,
                    Transaction = request.Transaction,
                    Session = request.Session,
                }
            );
            isKept |= holds;
            return page;
        }
        finally
        {
            if (!isKept)
                await connection.DisposeAsync();
        }
    }

    private async Task<ReadOnlyMemory<byte>> GetMoreAsync(Request request)
    {
        var id = request.Command.Number(request.Command.First()) ?? 0;
        var cursor = cursors.Take(id) ?? throw new MongoError(43, "CursorNotFound", $"cursor id {id} not found");
        if (cursor.Transaction is not null && cursor.Transaction != request.Transaction)
            throw new MongoError(50738, "Location50738", $"cursor {id} was created in another transaction");
        if ((cursor.Transaction?.Connection ?? cursor.Connection) is { } held)
            return await NextPageAsync(request, cursor, held);
        await using var connection = await database.OpenAsync();
        return await NextPageAsync(request, cursor, connection);
    }

    private async Task<ReadOnlyMemory<byte>> NextPageAsync(Request request, Cursor cursor, NpgsqlConnection connection)
    {
        var isDone = true;
        try
        {
            ReadOnlyMemory<byte> place = cursor.Continuation;
            await using var command = Sql.Command(connection, NextPage, cursor.Database, request.Command.Bytes, place);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var page = reader.GetFieldValue<byte[]>(0);
            isDone = await reader.IsDBNullAsync(1);
            if (!isDone)
                (cursor.Continuation, cursor.LastUsed) = (reader.GetFieldValue<byte[]>(1), DateTime.UtcNow);
            return page;
        }
        finally
        {
            if (isDone)
                await cursor.CloseAsync();
            else
                cursors.Keep(cursor);
        }
    }

    private async Task<ReadOnlyMemory<byte>> KillCursorsAsync(Request request)
    {
        BsonArray killed = [];
        BsonArray missing = [];
        if (request.Command.FindDocument("cursors") is { } list)
            foreach (var id in list.Elements().Select(element => list.Number(element) ?? 0))
                if (cursors.Take(id) is { } cursor)
                {
                    await cursor.CloseAsync();
                    killed.Add(id);
                }
                else
                    missing.Add(id);
        return Reply.Ok(
            new()
            {
                { "cursorsKilled", killed },
                { "cursorsNotFound", missing },
                { "cursorsAlive", new BsonArray() },
                { "cursorsUnknown", new BsonArray() },
            }
        );
    }
}
