using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    private const string ReadStamp = "SELECT value FROM counter WHERE name = 'registrations'";

    /// <inheritdoc />
    public Task<RegistrationSnapshot> ReadRegistrationsAsync(CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                // The stamp is read first: registrations that are newer than their stamp are read again, older ones never.
                var stamp = ReadLong(connection, ReadStamp);
                using var rows = connection.Prepare("SELECT kind, id, json FROM registration ORDER BY kind, id");
                var registrations = new List<Registration>();
                while (rows.Step())
                    registrations.Add(
                        _protection.Open(new Registration(rows.Text(0), rows.Text(1), rows.Blob(2).ToArray()))
                    );
                return new RegistrationSnapshot(stamp, registrations);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<long> ReadRegistrationStampAsync(CancellationToken cancellation) =>
        ReadAsync(connection => ReadLong(connection, ReadStamp), cancellation);

    /// <inheritdoc />
    public Task<bool> TryUseOnceAsync(
        string purpose,
        string value,
        DateTimeOffset expires,
        CancellationToken cancellation
    ) =>
        WriteAsync<bool>(
            connection =>
            {
                var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
                Purge(
                    connection,
                    "DELETE FROM used_once WHERE (purpose, value) IN (SELECT purpose, value FROM used_once WHERE expires <= ? LIMIT 4)",
                    now
                );
                using var statement = connection.Prepare(
                    """
                    INSERT INTO used_once (purpose, value, expires) VALUES (?, ?, ?)
                    ON CONFLICT (purpose, value) DO UPDATE SET expires = excluded.expires WHERE expires <= ?
                    """
                );
                return statement.Add(purpose).Add(value).Add(expires.ToUnixTimeMilliseconds()).Add(now).Run() == 1;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<SigningKey>> ReadKeysAsync(string purpose, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<SigningKey>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    "SELECT id, secret, created, retired FROM signing_key WHERE purpose = ? ORDER BY created DESC, id DESC"
                );
                rows.Add(purpose);
                var keys = new List<SigningKey>();
                while (rows.Step())
                    keys.Add(
                        _protection.Open(
                            new SigningKey(
                                purpose,
                                rows.Text(0),
                                rows.Blob(1).ToArray(),
                                Instant(rows.Long(2)),
                                Instant(rows.LongOrNull(3))
                            )
                        )
                    );
                return keys;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task SaveKeyAsync(SigningKey key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(key);
        var secret = _protection.Seal(key).Secret;
        return WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare(
                    "INSERT OR REPLACE INTO signing_key (purpose, id, secret, created, retired) VALUES (?, ?, ?, ?, ?)"
                );
                statement
                    .Add(key.Purpose)
                    .Add(key.Id)
                    .Add(secret.Span)
                    .Add(key.Created.ToUnixTimeMilliseconds())
                    .Add(key.Retired?.ToUnixTimeMilliseconds())
                    .Run();
                return true;
            },
            cancellation
        );
    }

    private static void SaveRegistrations(Connection connection, Registration[] registrations)
    {
        foreach (var registration in registrations)
        {
            using var statement = connection.Prepare(
                "INSERT OR REPLACE INTO registration (kind, id, json) VALUES (?, ?, ?)"
            );
            statement.Add(registration.Kind).Add(registration.Id).Add(registration.Json.Span).Run();
        }

        if (registrations.Length > 0)
            connection.Run("UPDATE counter SET value = value + 1 WHERE name = 'registrations'");
    }

    /// <summary>
    /// Removes a few expired rows next to a write that adds one: the table shrinks faster than it grows, and no write ever
    /// pays for a long clean-up.
    /// </summary>
    private static void Purge(Connection connection, string sql, long now)
    {
        using var statement = connection.Prepare(sql);
        statement.Add(now).Run();
    }

    private static long ReadLong(Connection connection, string sql)
    {
        using var row = connection.Prepare(sql);
        return row.Step() ? row.Long(0) : 0;
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Instant(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
