using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Worklists;

/// <summary>Notices as they lie in <c>obligation</c>. The newest row of all outlives its occurrence as a mark, and is none then.</summary>
internal static class NoticeRows
{
    private const string Columns = "occurrence, time, settled, taken, taken_by";

    /// <summary>One more than the query asks for, where there is more.</summary>
    public static List<Notice> Read(Connection connection, NoticeQuery query)
    {
        var states = string.Join(" OR ", query.States.Select(Condition));
        var after = query.After is null ? "" : " AND (time, occurrence) > (?, ?)";
        using var rows = connection.Prepare(
            $"""
            SELECT {Columns} FROM obligation
            WHERE authority = ? AND +{OwedSql.Topics} AND occurrence <> '' AND time >= ? AND ({states}){after}
            ORDER BY time, occurrence LIMIT ?
            """
        );
        rows.Add(query.Authority.Value).Add(query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue);
        if (query.After is { } position)
            rows.Add(position.Time.ToUnixTimeMilliseconds()).Add(position.Id);
        rows.Add(query.Count + 1);
        return ReadAll(rows);
    }

    /// <summary>Those of the given occurrences.</summary>
    public static List<Notice> Find(Connection connection, OdsCode authority, IReadOnlyList<string> occurrences)
    {
        using var rows = connection.Prepare(
            $"SELECT {Columns} FROM obligation WHERE occurrence IN (SELECT value FROM json_each(?)) AND +authority = ?"
        );
        rows.AddUtf8(JsonArray.Of(occurrences)).Add(authority.Value);
        return ReadAll(rows);
    }

    /// <summary>Marks them as taken, and what an inbox has of them as delivered. False when one was taken before, or is none.</summary>
    public static bool TryTake(Connection connection, NoticesTaken taken)
    {
        var time = taken.Time.ToUnixTimeMilliseconds();
        var occurrences = JsonArray.Of(taken.Occurrences);
        using (
            var obligations = connection.Prepare(
                """
                UPDATE obligation SET taken = ?, taken_by = ?, settled = coalesce(settled, ?)
                WHERE occurrence IN (SELECT value FROM json_each(?)) AND +authority = ? AND taken IS NULL
                """
            )
        )
        {
            obligations.Add(time).Add(taken.By).Add(time).AddUtf8(occurrences).Add(taken.Authority.Value);
            if (obligations.Run() != taken.Occurrences.Count)
                return false;
        }

        using var events = connection.Prepare(
            """
            UPDATE event SET delivered = ? WHERE +delivered IS NULL AND (subscription, number) IN
                (SELECT l.subscription, l.number FROM obligation o CROSS JOIN event_obligation l ON l.obligation = o.key
                    CROSS JOIN subscription s ON s.id = l.subscription
                    WHERE o.occurrence IN (SELECT value FROM json_each(?)) AND +o.authority = ? AND s.sends = 0)
            """
        );
        events.Add(time).AddUtf8(occurrences).Add(taken.Authority.Value).Run();
        return true;
    }

    private static string Condition(NoticeState state) =>
        state switch
        {
            NoticeState.Untold => "settled IS NULL",
            NoticeState.Told => "(settled IS NOT NULL AND taken IS NULL)",
            NoticeState.Taken => "taken IS NOT NULL",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    private static List<Notice> ReadAll(Statement rows)
    {
        var notices = new List<Notice>();
        while (rows.Step())
            notices.Add(
                new Notice(
                    rows.Text(0),
                    DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(1)),
                    Instant(rows.LongOrNull(2)),
                    Instant(rows.LongOrNull(3)),
                    rows.TextOrNull(4)
                )
            );
        return notices;
    }

    private static DateTimeOffset? Instant(long? time) =>
        time is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
