using Npgsql;

namespace MongoGateway.Sessions;

/// <summary>What a client has not read yet. The engine keeps its place in a document of its own, or on a connection.</summary>
internal sealed class Cursor(long id, string database, byte[] continuation)
{
    public long Id { get; } = id;

    public string Database { get; } = database;

    public byte[] Continuation { get; set; } = continuation;

    /// <summary>Held while the engine wants its pages from one connection.</summary>
    public NpgsqlConnection? Connection { get; init; }

    public Transaction? Transaction { get; init; }

    public string? Session { get; init; }

    public DateTime LastUsed { get; set; } = DateTime.UtcNow;

    public async Task CloseAsync()
    {
        if (Connection is null)
            return;
        try
        {
            await Postgres.Sql.RunAsync(Connection, "CLOSE ALL");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the cursor with it.
        }

        await Connection.DisposeAsync();
    }
}
