using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// Open obligations become numbered events. Each Subscription remembers up to which obligation it has been numbered; the
/// keys of obligations are given by the one writer, so none can appear behind that mark. Number, event and mark change
/// in one commit. Only in a store that was copied from another kind of store may an obligation after the mark have its
/// event already.
/// </summary>
internal sealed class NumberingJob(DateTimeOffset now, TimeSpan coalesceWithin, TimeSpan quiet, int limit)
{
    private readonly long _due = (now + quiet).ToUnixTimeMilliseconds();
    private readonly long _within = (long)coalesceWithin.TotalMilliseconds;

    private sealed record Subscriber(string Id, string Authority, long LastNumber, long NumberedTo);

    private sealed record Open(long Key, long Time, string? Person, string Organisation, long? Child);

    /// <summary>How many obligations got an event.</summary>
    public int Write(Connection connection)
    {
        var done = 0;
        // The Subscriptions of one authority go in step: were one ahead by a whole commit, its delivery could settle an
        // obligation before another had its own event of it.
        foreach (var ofOne in ReadSubscribers(connection).GroupBy(s => s.Authority, StringComparer.Ordinal))
        {
            if (done >= limit)
                break;
            var open = ReadOpen(connection, ofOne.Key, ofOne.Min(s => s.NumberedTo), limit - done);
            foreach (var subscriber in ofOne)
                Number(connection, subscriber, open.FindAll(o => o.Key > subscriber.NumberedTo));
            done += open.Count;
        }

        return done;
    }

    private static List<Subscriber> ReadSubscribers(Connection connection)
    {
        using var rows = connection.Prepare(
            "SELECT id, authority, last_number, numbered_to FROM subscription WHERE takes_events = 1"
        );
        var subscribers = new List<Subscriber>();
        while (rows.Step())
            subscribers.Add(new Subscriber(rows.Text(0), rows.Text(1), rows.Long(2), rows.Long(3)));
        return subscribers;
    }

    private void Number(Connection connection, Subscriber subscriber, List<Open> open)
    {
        if (open.Count == 0)
            return;
        var number = subscriber.LastNumber;
        foreach (var obligation in open.OrderBy(o => o.Time).ThenBy(o => o.Key))
        {
            if (HasEvent(connection, subscriber.Id, obligation))
                continue;
            if (FindEventToJoin(connection, subscriber.Id, obligation) is { } joined)
                Join(connection, subscriber.Id, joined, obligation);
            else
                Create(connection, subscriber.Id, ++number, obligation);
        }

        using var mark = connection.Prepare("UPDATE subscription SET last_number = ?, numbered_to = ? WHERE id = ?");
        mark.Add(number).Add(open[^1].Key).Add(subscriber.Id).Run();
    }

    private static bool HasEvent(Connection connection, string subscription, Open obligation)
    {
        using var row = connection.Prepare("SELECT 1 FROM event_obligation WHERE obligation = ? AND +subscription = ?");
        return row.Add(obligation.Key).Add(subscription).Step();
    }

    private static List<Open> ReadOpen(Connection connection, string authority, long numberedTo, int most)
    {
        using var rows = connection.Prepare(
            """
            SELECT key, time, person, organisation, child FROM obligation
            WHERE authority = ? AND settled IS NULL AND key > ? ORDER BY key LIMIT ?
            """
        );
        rows.Add(authority).Add(numberedTo).Add(most);
        var open = new List<Open>();
        while (rows.Step())
            open.Add(new Open(rows.Long(0), rows.Long(1), rows.TextOrNull(2), rows.Text(3), rows.LongOrNull(4)));
        return open;
    }

    private long? FindEventToJoin(Connection connection, string subscription, Open obligation)
    {
        // Of a person or child that is not known, nothing can be told to be the same.
        if (obligation.Person is null || obligation.Child is null)
            return null;
        using var row = connection.Prepare(
            """
            SELECT number FROM event WHERE subscription = ? AND child = ? AND person = ? AND organisation = ? AND fence = 0
            AND time BETWEEN ? AND ? ORDER BY time LIMIT 1
            """
        );
        row.Add(subscription)
            .Add(obligation.Child)
            .Add(obligation.Person)
            .Add(obligation.Organisation)
            .Add(obligation.Time - _within)
            .Add(obligation.Time);
        return row.Step() ? row.Long(0) : null;
    }

    private void Create(Connection connection, string subscription, long number, Open obligation)
    {
        using (
            var statement = connection.Prepare(
                "INSERT INTO event (subscription, number, time, person, organisation, child, due) VALUES (?, ?, ?, ?, ?, ?, ?)"
            )
        )
            statement
                .Add(subscription)
                .Add(number)
                .Add(obligation.Time)
                .Add(obligation.Person)
                .Add(obligation.Organisation)
                .Add(obligation.Child)
                .Add(_due)
                .Run();
        Join(connection, subscription, number, obligation);
    }

    private static void Join(Connection connection, string subscription, long number, Open obligation)
    {
        using var statement = connection.Prepare(
            "INSERT INTO event_obligation (subscription, number, obligation) VALUES (?, ?, ?)"
        );
        statement.Add(subscription).Add(number).Add(obligation.Key).Run();
    }
}
