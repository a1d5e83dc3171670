using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task RecordAsync(Occurrence occurrence, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(occurrence);
        var prepared = new PreparedOccurrence(occurrence);
        return WriteAsync<bool>(
            connection =>
            {
                prepared.Write(connection);
                return true;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<Occurrence>> ReadHistoryAsync(
        NhsNumber child,
        string sdsUserId,
        DateTimeOffset since,
        int count,
        CancellationToken cancellation
    )
    {
        var earliest = since.ToUnixTimeMilliseconds();
        return ReadAsync<IReadOnlyList<Occurrence>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    // Named, because SQLite would as soon walk through all accesses of the child, misses too.
                    """
                    SELECT time, person, document FROM occurrence INDEXED BY occurrence_history
                    WHERE child = ? AND in_history = 1 ORDER BY time DESC, id DESC
                    """
                );
                rows.Add(ResourceRow.FromChild(child));
                var history = new List<Occurrence>();
                var found = false;
                // Newest first, and no further than the answer needs: a child rarely has more than a page of history.
                while ((history.Count < count || !found) && rows.Step())
                {
                    if (history.Count >= count && rows.Long(0) < earliest)
                        break;
                    var own = rows.TextOrNull(1) == sdsUserId;
                    if (history.Count < count || own)
                        history.Add(OccurrenceJson.Read(rows.Blob(2)));
                    found |= own;
                }

                return history;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<Occurrence?> ReadOccurrenceAsync(string id, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare("SELECT document FROM occurrence WHERE id = ?");
                row.Add(id);
                return row.Step() ? OccurrenceJson.Read(row.Blob(0)) : null;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<Page<Occurrence>> SearchOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellation) =>
        SearchAsync(connection => OccurrenceSql.Run(connection, query), cancellation);
}
