using System.Globalization;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// An access is found by the authorities that may read it (<see cref="Occurrence.Concerns"/>), of which there were more before:
/// no authority finds a scheduled look-up any more. And events are joined by child and setting, whoever looked up.
/// </summary>
internal sealed class ReadersOfAccesses : IMigrationWork
{
    private const int Batch = 1_000;

    public const string Script = """
        DROP INDEX event_join;
        ALTER TABLE event DROP COLUMN person;
        ALTER TABLE obligation DROP COLUMN person;
        CREATE INDEX event_join ON event (subscription, child, organisation, time) WHERE fence = 0;
        """;

    /// <inheritdoc />
    public long Count(Connection connection)
    {
        using var row = connection.Prepare("SELECT count(*) FROM concern");
        row.Step();
        return row.Long(0);
    }

    /// <inheritdoc />
    public (string? At, int Rows) RunBatch(Connection connection, RecordProtection protection, string? after)
    {
        var (authority, time, id) = after?.Split(' ') is [var a, var t, var i]
            ? (a, long.Parse(t, CultureInfo.InvariantCulture), i)
            : ("", long.MinValue, "");
        var (rows, wrong) = (0, new List<(string, long, string)>());
        using (
            var read = connection.Prepare(
                $"""
                SELECT c.authority, c.time, c.id, o.document FROM concern c CROSS JOIN occurrence o ON o.key = c.occurrence
                WHERE (c.authority, c.time, c.id) > (?, ?, ?) ORDER BY c.authority, c.time, c.id LIMIT {Batch}
                """
            )
        )
        {
            read.Add(authority).Add(time).Add(id);
            for (; read.Step(); rows++)
            {
                (authority, time, id) = (read.Text(0), read.Long(1), read.Text(2));
                if (
                    !protection
                        .OpenOccurrence(id, read.Blob(3).ToArray())
                        .Concerns.Any(reader => reader.Value == authority)
                )
                    wrong.Add((authority, time, id));
            }
        }

        foreach (var (whose, when, which) in wrong)
        {
            using var remove = connection.Prepare("DELETE FROM concern WHERE authority = ? AND time = ? AND id = ?");
            remove.Add(whose).Add(when).Add(which).Run();
        }

        return (string.Create(CultureInfo.InvariantCulture, $"{authority} {time} {id}"), rows);
    }
}
