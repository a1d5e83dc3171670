using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite.LookUps;
using CpIs.Fhir.Storage.Sqlite.Occurrences;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task RecordAsync(Occurrence occurrence, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(occurrence);
        var prepared = new PreparedOccurrence(occurrence, _protection);
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
        DateTimeOffset attendedSince,
        CancellationToken cancellation
    )
    {
        var earliest = since.ToUnixTimeMilliseconds();
        var attended = attendedSince.ToUnixTimeMilliseconds();
        var person = _protection.PersonKey(sdsUserId);
        return ReadAsync<IReadOnlyList<Occurrence>>(
            connection =>
            {
                using var rows = connection.Prepare(LookUpSql.History);
                rows.Add(_protection.ChildKey(child));
                var accesses = new List<Occurrence>();
                var (inHistory, found) = (0, false);
                // Newest first, and no further than the answer needs: a child rarely has more than a page of history.
                while (rows.Step())
                {
                    var time = rows.Long(0);
                    if (inHistory >= count && (found || time < earliest) && time < attended)
                        break;
                    var who = rows.TextOrNull(1);
                    var isShown =
                        who is not null && (inHistory < count || (!found && time >= earliest && who == person));
                    if (!isShown && time < attended)
                        continue;
                    var occurrence = OccurrenceRow.Read(rows, 2, 3, _protection);
                    if (occurrence.Child != child) // Two children may share a hash.
                        continue;
                    accesses.Add(occurrence);
                    inHistory += who is null ? 0 : 1;
                    found |= who == person;
                }

                return accesses;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<Occurrence?> ReadOccurrenceAsync(string id, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare("SELECT id, document FROM occurrence WHERE id = ?");
                row.Add(id);
                return row.Step() ? OccurrenceRow.Read(row, 0, 1, _protection) : null;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<Page<Occurrence>> SearchOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellation) =>
        SearchAsync(connection => OccurrenceSql.Run(connection, query, _protection), cancellation);
}
