using Npgsql;
using NpgsqlTypes;

namespace MongoGateway.Postgres;

/// <summary>Commands and their arguments.</summary>
internal static class Sql
{
    /// <summary>Text and BSON (as bytes); null is a missing text, DBNull missing BSON.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object?[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
            command.Parameters.Add(Parameter(argument));
        return command;
    }

    /// <summary>Runs statements without arguments.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static NpgsqlParameter Parameter(object? argument) =>
        argument switch
        {
            ReadOnlyMemory<byte> bytes => new NpgsqlParameter<ReadOnlyMemory<byte>>
            {
                TypedValue = bytes,
                NpgsqlDbType = NpgsqlDbType.Bytea,
            },
            DBNull => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
            null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            long number => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint },
            _ => new NpgsqlParameter<string> { TypedValue = (string)argument, NpgsqlDbType = NpgsqlDbType.Text },
        };
}
