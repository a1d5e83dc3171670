using Npgsql;

namespace MongoGateway.Sessions;

/// <summary>A multi-document transaction: one PostgreSQL transaction on a connection of its own.</summary>
internal sealed class Transaction(string session, long number, NpgsqlConnection connection)
{
    private readonly NpgsqlConnection _connection = connection;

    public string Session { get; } = session;

    public long Number { get; } = number;

    /// <summary>Where its statements run; null once it has ended.</summary>
    public NpgsqlConnection? Connection => State == TransactionState.Started ? _connection : null;

    public TransactionState State { get; private set; } = TransactionState.Started;

    /// <summary>Ends it and gives its connection back.</summary>
    public async Task EndAsync(TransactionState state)
    {
        State = state;
        await _connection.DisposeAsync();
    }
}
