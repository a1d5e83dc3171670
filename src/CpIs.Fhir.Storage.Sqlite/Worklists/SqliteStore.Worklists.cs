using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.Sqlite.Worklists;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<IReadOnlyList<UntoldNotices>> ReadUntoldAsync(CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<UntoldNotices>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    $"""
                    SELECT authority, count(*), min(time), min(CASE WHEN {OwedSql.OutsideMesh} THEN time END) FROM obligation INDEXED BY obligation_open
                    WHERE settled IS NULL AND +{OwedSql.Topics} GROUP BY authority
                    """
                );
                var untold = new List<UntoldNotices>();
                while (rows.Step())
                    untold.Add(
                        new UntoldNotices(
                            OdsCode.Parse(rows.Text(0)),
                            rows.Long(1),
                            DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(2))
                        )
                        {
                            OldestOutsideMesh = rows.LongOrNull(3) is { } time
                                ? DateTimeOffset.FromUnixTimeMilliseconds(time)
                                : null,
                        }
                    );
                return untold;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<NoticePage> ReadNoticesAsync(NoticeQuery query, CancellationToken cancellation) =>
        SearchAsync(connection => NoticePage.Of(NoticeRows.Read(connection, query), query.Count), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<Notice>> FindNoticesAsync(
        OdsCode authority,
        IReadOnlyList<string> occurrences,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<Notice>>(
            connection => NoticeRows.Find(connection, authority, occurrences),
            cancellation
        );
}
