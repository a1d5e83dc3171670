using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>Events with the ids of their occurrences, in one read.</summary>
internal static class EventRows
{
    private const string Whole = """
        SELECT e.number, e.time, e.delivered, o.occurrence FROM event e
        CROSS JOIN event_obligation l ON l.subscription = e.subscription AND l.number = e.number
        CROSS JOIN obligation o ON o.key = l.obligation
        WHERE e.subscription = ? AND e.number IN
        """;

    private const string Order = "ORDER BY e.number, o.time, o.key";

    public static List<NotificationEvent> Read(
        Connection connection,
        string subscription,
        long first,
        long last,
        int limit
    )
    {
        using var rows = connection.Prepare(
            $"{Whole} (SELECT number FROM event WHERE subscription = ? AND number BETWEEN ? AND ? ORDER BY number LIMIT ?) {Order}"
        );
        rows.Add(subscription).Add(subscription).Add(first).Add(last).Add(limit);
        return ReadAll(rows, subscription);
    }

    /// <summary>Those of the given numbers.</summary>
    public static List<NotificationEvent> Read(Connection connection, string subscription, IReadOnlyList<long> numbers)
    {
        using var rows = connection.Prepare($"{Whole} (SELECT value FROM json_each(?)) {Order}");
        rows.Add(subscription).AddUtf8(Records.JsonArray.Of(numbers));
        return ReadAll(rows, subscription);
    }

    /// <summary>Numbers of those that are delivered, and of which an obligation is open.</summary>
    public static List<long> FindDeliveredUntold(Connection connection, string subscription, int limit)
    {
        using var rows = connection.Prepare(
            """
            SELECT DISTINCT e.number FROM subscription s
            CROSS JOIN obligation o INDEXED BY obligation_open ON o.authority = s.authority AND o.settled IS NULL
            CROSS JOIN event_obligation l INDEXED BY event_of_obligation ON l.obligation = o.key AND l.subscription = s.id
            CROSS JOIN event e ON e.subscription = l.subscription AND e.number = l.number
            WHERE s.id = ? AND e.delivered IS NOT NULL ORDER BY e.number LIMIT ?
            """
        );
        rows.Add(subscription).Add(limit);
        var numbers = new List<long>();
        while (rows.Step())
            numbers.Add(rows.Long(0));
        return numbers;
    }

    private static List<NotificationEvent> ReadAll(Statement rows, string subscription)
    {
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
                        rows.LongOrNull(2) is { } delivered ? DateTimeOffset.FromUnixTimeMilliseconds(delivered) : null
                    )
                );
            }

            occurrences.Add(rows.Text(3));
        }

        return events;
    }
}
