using CpIs.Fhir.Core.Limits;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<bool> TryHoldAsync(
        string name,
        string holder,
        DateTimeOffset now,
        TimeSpan duration,
        CancellationToken cancellation
    ) =>
        WriteAsync<bool>(
            connection =>
            {
                var present = now.ToUnixTimeMilliseconds();
                using (
                    var statement = connection.Prepare(
                        """
                        INSERT INTO lease (name, holder, until) VALUES (?, ?, ?)
                        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                        WHERE holder = excluded.holder OR until <= ?
                        """
                    )
                )
                {
                    var held = statement
                        .Add(name)
                        .Add(holder)
                        .Add((now + duration).ToUnixTimeMilliseconds())
                        .Add(present)
                        .Run();
                    if (held == 0)
                        return false;
                }

                Purge(
                    connection,
                    "DELETE FROM lease WHERE name IN (SELECT name FROM lease WHERE until <= ? LIMIT 4)",
                    present
                );
                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task ReleaseAsync(string name, string holder, CancellationToken cancellation) =>
        WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare("DELETE FROM lease WHERE name = ? AND holder = ?");
                return statement.Add(name).Add(holder).Run() == 1;
            },
            cancellation
        );

    /// <summary>One process has this store to itself: there is nobody to tell, and nothing to hear.</summary>
    Task<IReadOnlyList<UseReport>> IUseLedger.ExchangeAsync(
        UseReport? own,
        string server,
        IReadOnlyDictionary<string, long> seen,
        DateTimeOffset since,
        CancellationToken cancellation
    ) => Task.FromResult<IReadOnlyList<UseReport>>([]);
}
