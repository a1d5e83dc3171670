using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// Open obligations become numbered events on the Subscriptions of their topic. Each Subscription remembers up to which obligation it has been numbered; the
/// keys of obligations are given by the one writer, so none can appear behind that mark. Number, event and mark change
/// in one commit. Only in a store that was copied from another kind of store may an obligation after the mark have its
/// event already.
/// </summary>
internal sealed class NumberingJob(DateTimeOffset now, TimeSpan quiet, int limit)
{
    private readonly long _due = (now + quiet).ToUnixTimeMilliseconds();

    private sealed record Subscriber(
        string Id,
        string Authority,
        long Topic,
        long LastNumber,
        long NumberedTo,
        bool Sends
    );

    private sealed record Open(long Key, long Time, string Organisation, long? Child);

    /// <summary>How many obligations got an event.</summary>
    public int Write(Connection connection)
    {
        var done = 0;
        // The Subscriptions of one authority to one topic go in step: were one ahead by a whole commit, its delivery could settle
        // an obligation before another had its own event of it.
        foreach (var ofOne in ReadSubscribers(connection).GroupBy(s => (s.Authority, s.Topic)))
        {
            if (done >= limit)
                break;
            var from = ofOne.Min(s => s.NumberedTo);
            var open = ReadOpen(connection, ofOne.Key, from, limit - done);
            if (open.Count > 0 && ofOne.Any(s => IsNewestFirst(s, open)))
                open = ReadOpen(connection, ofOne.Key, from, FirstEvents.Most);
            foreach (var subscriber in ofOne)
                Number(connection, subscriber, open.FindAll(o => o.Key > subscriber.NumberedTo));
            done += open.Count;
        }

        return done;
    }

    private static List<Subscriber> ReadSubscribers(Connection connection)
    {
        using var rows = connection.Prepare(
            "SELECT id, authority, topic, last_number, numbered_to, sends FROM subscription WHERE takes_events = 1"
        );
        var subscribers = new List<Subscriber>();
        while (rows.Step())
            subscribers.Add(
                new Subscriber(rows.Text(0), rows.Text(1), rows.Long(2), rows.Long(3), rows.Long(4), rows.Int(5) == 1)
            );
        return subscribers;
    }

    private void Number(Connection connection, Subscriber subscriber, List<Open> open)
    {
        if (open.Count == 0)
            return;
        var number = subscriber.LastNumber;
        var inOrder = open.OrderBy(o => o.Time).ThenBy(o => o.Key);
        foreach (var obligation in IsNewestFirst(subscriber, open) ? inOrder.Reverse() : inOrder)
        {
            if (HasEvent(connection, subscriber.Id, obligation))
                continue;
            if (FindEventToJoin(connection, subscriber.Id, obligation) is { } joined)
            {
                using var earlier = connection.Prepare(
                    "UPDATE event SET time = min(time, ?) WHERE subscription = ? AND number = ?"
                );
                earlier.Add(obligation.Time).Add(subscriber.Id).Add(joined).Run();
                Join(connection, subscriber.Id, joined, obligation);
            }
            else
                Create(connection, subscriber, ++number, obligation);
        }

        // One that rests, that somebody has or that has more to send goes on as it was.
        using var mark = connection.Prepare(
            "UPDATE subscription SET last_number = ?, numbered_to = ?, next = CASE WHEN sends THEN coalesce(next, ?) END WHERE id = ?"
        );
        mark.Add(number).Add(open[^1].Key).Add(number > subscriber.LastNumber ? _due : null).Add(subscriber.Id).Run();
    }

    private bool IsNewestFirst(Subscriber subscriber, List<Open> open) =>
        FirstEvents.AreNewestFirst(subscriber.LastNumber, Instant(open.Min(o => o.Time)), now);

    private static bool HasEvent(Connection connection, string subscription, Open obligation)
    {
        using var row = connection.Prepare("SELECT 1 FROM event_obligation WHERE obligation = ? AND +subscription = ?");
        return row.Add(obligation.Key).Add(subscription).Step();
    }

    private static List<Open> ReadOpen(
        Connection connection,
        (string Authority, long Topic) told,
        long numberedTo,
        int most
    )
    {
        using var rows = connection.Prepare(
            """
            SELECT key, time, organisation, child FROM obligation
            WHERE authority = ? AND topic = ? AND settled IS NULL AND key > ? ORDER BY key LIMIT ?
            """
        );
        rows.Add(told.Authority).Add(told.Topic).Add(numberedTo).Add(most);
        var open = new List<Open>();
        while (rows.Step())
            open.Add(new Open(rows.Long(0), rows.Long(1), rows.Text(2), rows.LongOrNull(3)));
        return open;
    }

    /// <summary>An unsent event of a look-up that this one raced.</summary>
    private static long? FindEventToJoin(Connection connection, string subscription, Open obligation)
    {
        if (obligation.Child is null)
            return null;
        using var rows = connection.Prepare(
            """
            SELECT number, time FROM event WHERE subscription = ? AND child = ? AND organisation = ? AND fence = 0
            ORDER BY time DESC, number
            """
        );
        rows.Add(subscription).Add(obligation.Child).Add(obligation.Organisation);
        while (rows.Step())
            if (Attendance.IsSame(Instant(rows.Long(1)), Instant(obligation.Time)))
                return rows.Long(0);
        return null;
    }

    private static DateTimeOffset Instant(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    private static void Create(Connection connection, Subscriber subscriber, long number, Open obligation)
    {
        using (
            var statement = connection.Prepare(
                "INSERT INTO event (subscription, number, time, organisation, child, fence) VALUES (?, ?, ?, ?, ?, ?)"
            )
        )
            statement
                .Add(subscriber.Id)
                .Add(number)
                .Add(obligation.Time)
                .Add(obligation.Organisation)
                .Add(obligation.Child)
                // An inbox may have been read: what comes later is an event of its own.
                .Add(subscriber.Sends ? 0 : 1)
                .Run();
        Join(connection, subscriber.Id, number, obligation);
    }

    private static void Join(Connection connection, string subscription, long number, Open obligation)
    {
        using var statement = connection.Prepare(
            "INSERT INTO event_obligation (subscription, number, obligation) VALUES (?, ?, ?)"
        );
        statement.Add(subscription).Add(number).Add(obligation.Key).Run();
    }
}
