using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Records;
using CpIs.Fhir.Storage.Sqlite.Worklists;

namespace CpIs.Fhir.Storage.Sqlite.Retention;

/// <summary>
/// Removes occurrences with what hangs on them: concerns and settled obligations. One that somebody must still be notified of,
/// or that an event names, stays.
/// </summary>
internal static class OccurrenceRemoval
{
    private static readonly string MayGo = $"""
        NOT EXISTS (SELECT 1 FROM obligation b WHERE b.occurrence = o.id
            AND ((b.settled IS NULL AND b.{OwedSql.Topics}) OR EXISTS (SELECT 1 FROM event_obligation l WHERE l.obligation = b.key)))
        """;

    /// <summary>
    /// Keys of the oldest that may go. Found by a reader, because it may have to walk past many that stay; the writer asks
    /// again before it removes.
    /// </summary>
    public static List<long> Find(Connection connection, long before, int limit)
    {
        using var rows = connection.Prepare(
            $"SELECT o.key FROM occurrence o INDEXED BY occurrence_search WHERE o.time < ? AND {MayGo} ORDER BY o.time, o.id LIMIT ?"
        );
        rows.Add(before).Add(limit);
        var keys = new List<long>();
        while (rows.Step())
            keys.Add(rows.Long(0));
        return keys;
    }

    /// <summary>How many of them are gone now; those that another has removed meanwhile are not counted.</summary>
    public static int Remove(Connection connection, List<long> keys, RecordProtection protection)
    {
        var removed = 0;
        foreach (var (key, occurrence) in ReadAgain(connection, keys, protection))
        {
            RemoveConcerns(connection, occurrence);
            if (occurrence.Obligations.Count > 0)
                RemoveObligations(connection, occurrence.Id);
            using var statement = connection.Prepare("DELETE FROM occurrence WHERE key = ?");
            removed += statement.Add(key).Run();
        }

        return removed;
    }

    private static List<(long Key, Occurrence Occurrence)> ReadAgain(
        Connection connection,
        List<long> keys,
        RecordProtection protection
    )
    {
        using var rows = connection.Prepare(
            $"SELECT o.key, o.id, o.document FROM json_each(?) j CROSS JOIN occurrence o WHERE o.key = j.value AND {MayGo}"
        );
        rows.AddUtf8(JsonArray.Of(keys));
        var found = new List<(long, Occurrence)>();
        while (rows.Step())
            found.Add((rows.Long(0), OccurrenceRow.Read(rows, 1, 2, protection)));
        return found;
    }

    /// <summary>Found as they were written: whose they are is in the document, so no index leads back to them.</summary>
    private static void RemoveConcerns(Connection connection, Occurrence occurrence)
    {
        foreach (var authority in occurrence.Concerns)
        {
            using var statement = connection.Prepare("DELETE FROM concern WHERE authority = ? AND time = ? AND id = ?");
            statement.Add(authority.Value).Add(occurrence.Time.ToUnixTimeMilliseconds()).Add(occurrence.Id).Run();
        }
    }

    private static void RemoveObligations(Connection connection, string occurrence)
    {
        // The newest obligation stays, without whom it is about: its key is the mark up to which Subscriptions have been
        // numbered, and SQLite would give it again.
        using (
            var keep = connection.Prepare(
                """
                UPDATE obligation SET occurrence = '', child = NULL
                WHERE occurrence = ? AND key = (SELECT max(key) FROM obligation)
                """
            )
        )
            keep.Add(occurrence).Run();
        using (
            var marks = connection.Prepare(
                "DELETE FROM obligation WHERE occurrence = '' AND key < (SELECT max(key) FROM obligation)"
            )
        )
            marks.Run();
        using var statement = connection.Prepare("DELETE FROM obligation WHERE occurrence = ?");
        statement.Add(occurrence).Run();
    }
}
