using System.Data;
using MongoGateway.Wire;
using Npgsql;

namespace MongoGateway.Postgres;

/// <summary>PostgreSQL with DocumentDB, reached through a pool of connections.</summary>
internal sealed class Database(string connectionString) : IAsyncDisposable
{
    // How long the gateway waits at its start for a PostgreSQL that was started beside it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = 150,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 300,
            Enlist = false,
            SearchPath = "documentdb_api_catalog,documentdb_api,public",
            ApplicationName = "mongogw",
            NoResetOnClose = true,
            Options = "-c documentdb.throwDeadlockOnCRUD=on",
        }.ConnectionString
    ).Build();

    /// <summary>Makes the database ready on first use, and says its version.</summary>
    public async Task<string> PrepareAsync(CancellationToken cancellation)
    {
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(Pause, cancellation))
            try
            {
                await using var prepare = _source.CreateCommand(Schema.Sql);
                await prepare.ExecuteNonQueryAsync(cancellation);
                break;
            }
            catch (NpgsqlException e) when (DateTime.UtcNow < until && IsStarting(e)) { }

        await using var ask = _source.CreateCommand("SELECT documentdb_api.binary_extended_version()");
        return ((string)(await ask.ExecuteScalarAsync(cancellation))!).Split(' ')[0];
    }

    public async Task<NpgsqlConnection> OpenAsync() => await _source.OpenConnectionAsync();

    /// <summary>Runs a query of one value: in the request's transaction, else on a connection of its own.</summary>
    public async Task<object?> RunAsync(Request request, string sql, params object?[] arguments)
    {
        var connection = request.Transaction?.Connection ?? await OpenAsync();
        var process = connection.State == ConnectionState.Open ? connection.ProcessID : 0;
        try
        {
            await using var command = Sql.Command(connection, sql, arguments);
            return await command.ExecuteScalarAsync();
        }
        catch (NpgsqlException e) when (e is not PostgresException && connection.State != ConnectionState.Open)
        {
            TellBroken(process, request, e);
            throw;
        }
        finally
        {
            if (request.Transaction is null)
                await connection.DisposeAsync();
        }
    }

    /// <summary>Runs a query whose one value is the answer.</summary>
    public async Task<ReadOnlyMemory<byte>> AnswerAsync(Request request, string sql, params object?[] arguments) =>
        await RunAsync(request, sql, arguments) is byte[] answer ? answer : Reply.Ok();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>What a PostgreSQL process did when it was lost: its log names the function that crashed, and not the command.</summary>
    private static void TellBroken(int process, Request request, NpgsqlException e)
    {
        var command = Reply.Decode(request.Command.Bytes).ToString();
        var sequence = request.Sequence is null ? "" : $" with {Convert.ToHexString(request.Sequence.Value.Span)}";
        Console.Error.WriteLine($"lost PostgreSQL process {process} ({e.Message}) in: {command}{sequence}");
    }

    private static bool IsStarting(NpgsqlException e) =>
        e is not PostgresException { SqlState: var state } || state == PostgresErrorCodes.CannotConnectNow;
}
