using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>Events with the ids of their occurrences, in one read.</summary>
internal static class EventRows
{
    public static List<NotificationEvent> Read(
        Connection connection,
        string subscription,
        long first,
        long last,
        int limit
    )
    {
        using var rows = connection.Prepare(
            """
            SELECT e.number, e.time, e.delivered, e.attempts, o.occurrence FROM event e
            CROSS JOIN event_obligation l ON l.subscription = e.subscription AND l.number = e.number
            CROSS JOIN obligation o ON o.key = l.obligation
            WHERE e.subscription = ? AND e.number IN
                (SELECT number FROM event WHERE subscription = ? AND number BETWEEN ? AND ? ORDER BY number LIMIT ?)
            ORDER BY e.number, o.time, o.key
            """
        );
        rows.Add(subscription).Add(subscription).Add(first).Add(last).Add(limit);
        var events = new List<NotificationEvent>();
        List<string> occurrences = [];
        while (rows.Step())
        {
            var number = rows.Long(0);
            if (events.Count == 0 || events[^1].Number != number)
            {
                occurrences = [];
                events.Add(
                    new NotificationEvent(
                        subscription,
                        number,
                        DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(1)),
                        occurrences,
                        rows.LongOrNull(2) is { } delivered ? DateTimeOffset.FromUnixTimeMilliseconds(delivered) : null,
                        rows.Int(3)
                    )
                );
            }

            occurrences.Add(rows.Text(4));
        }

        return events;
    }
}
