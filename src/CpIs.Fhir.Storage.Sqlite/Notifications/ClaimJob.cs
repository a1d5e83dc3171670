using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// Takes due events under a lease. The Subscription that was served longest ago comes first, so that one with thousands
/// of failing events never keeps another waiting. A leased event is due again when its lease lapses, so <c>due</c> alone
/// says what may be taken.
/// </summary>
internal sealed class ClaimJob(DateTimeOffset now, TimeSpan lease, int limit)
{
    private readonly long _now = now.ToUnixTimeMilliseconds();
    private readonly long _lease = (now + lease).ToUnixTimeMilliseconds();

    /// <summary>At most one batch for each Subscription.</summary>
    public List<Delivery> Write(Connection connection)
    {
        var deliveries = new List<Delivery>();
        foreach (var (id, most) in ReadDue(connection))
            deliveries.Add(Claim(connection, id, most));
        return deliveries;
    }

    private List<(string Id, int Most)> ReadDue(Connection connection)
    {
        using var rows = connection.Prepare(
            """
            SELECT s.id, s.max_count FROM subscription s WHERE s.takes_events = 1
            AND EXISTS (SELECT 1 FROM event e WHERE e.subscription = s.id AND e.delivered IS NULL AND e.due <= ?)
            ORDER BY s.last_claim, s.id LIMIT ?
            """
        );
        rows.Add(_now).Add(limit);
        var due = new List<(string, int)>();
        while (rows.Step())
            due.Add((rows.Text(0), rows.Int(1)));
        return due;
    }

    private Delivery Claim(Connection connection, string subscription, int most)
    {
        var fence = NextFence(connection, subscription);
        var numbers = new List<long>();
        using (
            var rows = connection.Prepare(
                """
                SELECT number FROM event INDEXED BY event_claim
                WHERE subscription = ? AND delivered IS NULL AND due <= ? ORDER BY number LIMIT ?
                """
            )
        )
        {
            rows.Add(subscription).Add(_now).Add(most);
            while (rows.Step())
                numbers.Add(rows.Long(0));
        }

        var events = new List<NotificationEvent>(numbers.Count);
        foreach (var number in numbers)
        {
            using var statement = connection.Prepare(
                "UPDATE event SET fence = ?, lease = ?, due = ? WHERE subscription = ? AND number = ?"
            );
            statement.Add(fence).Add(_lease).Add(_lease).Add(subscription).Add(number).Run();
            events.AddRange(EventRows.Read(connection, subscription, number, number, 1));
        }

        return new Delivery(subscription, events, fence);
    }

    private static long NextFence(Connection connection, string subscription)
    {
        using var row = connection.Prepare(
            """
            UPDATE subscription SET fence = fence + 1,
                last_claim = (SELECT max(last_claim) + 1 FROM subscription WHERE takes_events = 1)
            WHERE id = ? RETURNING fence
            """
        );
        row.Add(subscription);
        row.Step();
        return row.Long(0);
    }
}
