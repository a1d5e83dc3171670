using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Storage.Sqlite.Retention;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public async Task<int> RemoveOccurrencesAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        var removed = 0;
        while (removed < limit)
        {
            var found = await SearchAsync(
                connection => OccurrenceRemoval.Find(connection, before.ToUnixTimeMilliseconds(), limit - removed),
                cancellation
            );
            if (found.Count == 0)
                break;
            removed += await WriteAsync<int>(
                connection => OccurrenceRemoval.Remove(connection, found, _protection),
                cancellation,
                large: found.Count > _options.LargeCommit
            );
        }

        return removed;
    }

    /// <inheritdoc />
    public Task<int> RemoveEventsAsync(DateTimeOffset deliveredBefore, int limit, CancellationToken cancellation) =>
        WriteAsync<int>(
            connection =>
            {
                var events = new List<(string Subscription, long Number)>();
                using (
                    var rows = connection.Prepare(
                        "SELECT subscription, number FROM event WHERE delivered < ? ORDER BY delivered LIMIT ?"
                    )
                )
                {
                    rows.Add(deliveredBefore.ToUnixTimeMilliseconds()).Add(limit);
                    while (rows.Step())
                        events.Add((rows.Text(0), rows.Long(1)));
                }

                foreach (var (subscription, number) in events)
                {
                    using (
                        var links = connection.Prepare(
                            "DELETE FROM event_obligation WHERE subscription = ? AND number = ?"
                        )
                    )
                        links.Add(subscription).Add(number).Run();
                    using var statement = connection.Prepare("DELETE FROM event WHERE subscription = ? AND number = ?");
                    statement.Add(subscription).Add(number).Run();
                }

                return events.Count;
            },
            cancellation,
            large: limit > _options.LargeCommit
        );

    /// <inheritdoc />
    public Task<int> RemoveVersionsAsync(DateTimeOffset writtenBefore, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            "DELETE FROM resource_version WHERE rowid IN (SELECT rowid FROM resource_version WHERE updated < ? ORDER BY updated LIMIT ?)",
            writtenBefore.ToUnixTimeMilliseconds(),
            limit,
            cancellation
        );

    /// <inheritdoc />
    public async Task<int> RemoveExpiredAsync(int limit, CancellationToken cancellation)
    {
        var now = (_time.GetUtcNow() - IRetentionStore.ExpiredKeptFor).ToUnixTimeMilliseconds() + 1;
        var answers = await RemoveAsync(
            "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer WHERE expires < ? LIMIT ?)",
            now,
            limit,
            cancellation
        );
        return answers
            + await RemoveAsync(
                "DELETE FROM used_once WHERE (purpose, value) IN (SELECT purpose, value FROM used_once WHERE expires < ? LIMIT ?)",
                now,
                limit - answers,
                cancellation
            );
    }

    private Task<int> RemoveAsync(string sql, long before, int limit, CancellationToken cancellation) =>
        WriteAsync<int>(
            connection =>
            {
                using var statement = connection.Prepare(sql);
                return statement.Add(before).Add(limit).Run();
            },
            cancellation,
            large: limit > _options.LargeCommit
        );
}
