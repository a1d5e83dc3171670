using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// Where the sending to one Subscription stands: <c>next</c> (when it is tried, or its lease lapses; null when nothing waits), <c>held</c> (somebody has it),
/// <c>fence</c>, <c>failures</c>, <c>failing_since</c>, <c>last_error</c>, <c>apart</c> (events that are sent apart), <c>next_aside</c> (when one of them is tried).
/// </summary>
internal sealed class SubscriptionRow
{
    private readonly Connection _connection;
    private readonly string _id;
    private readonly int _most;
    private readonly long _lastNumber;
    private readonly long _fence;
    private readonly bool _isHeld;

    private SubscriptionRow(Connection connection, string id, Statement row)
    {
        (_connection, _id) = (connection, id);
        (_most, _lastNumber, _fence, _isHeld) = (row.Int(0), row.Long(1), row.Long(2), row.Int(3) == 1);
        State = new SendingState(
            row.Int(4),
            row.LongOrNull(5) is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
            row.TextOrNull(6),
            ApartEvents.Read(row.TextOrNull(7))
        );
    }

    /// <summary>How sending stands.</summary>
    public SendingState State { get; private set; }

    public static SubscriptionRow? Read(Connection connection, string id)
    {
        using var row = connection.Prepare(
            "SELECT max_count, last_number, fence, held, failures, failing_since, last_error, apart FROM subscription WHERE id = ?"
        );
        row.Add(id);
        return row.Step() ? new SubscriptionRow(connection, id, row) : null;
    }

    /// <summary>The Subscription of a claim, if whoever made it has it still.</summary>
    public static SubscriptionRow? ReadHeld(Connection connection, Delivery claim) =>
        Read(connection, claim.SubscriptionId) is { _isHeld: true } row && row._fence == claim.Fence ? row : null;

    /// <summary>Takes it, with its first batch; null when there is nothing to send after all.</summary>
    public Delivery? Claim(ClaimTerms terms)
    {
        if (Take(terms, _fence + 1, null) is not { } delivery)
            return null;
        using var turn = _connection.Prepare(
            "UPDATE subscription SET last_claim = (SELECT max(last_claim) + 1 FROM subscription WHERE takes_events = 1) WHERE id = ?"
        );
        turn.Add(_id).Run();
        return delivery;
    }

    /// <summary>The next batch for whoever has it; without one it is free.</summary>
    public Delivery? ClaimNext(SendingState state, ClaimTerms terms, SendingEnd? otherwise)
    {
        State = state;
        return Take(terms, _fence, otherwise);
    }

    /// <summary>Keeps how sending stands, for whoever has it.</summary>
    public void Keep(SendingState state)
    {
        State = state;
        Write(_fence, isHeld: true, null, keepsNext: true);
    }

    /// <summary>Frees it until the given time.</summary>
    public void Free(SendingEnd end)
    {
        State = end.State;
        Write(_fence + 1, isHeld: false, end.Next.ToUnixTimeMilliseconds());
    }

    /// <summary>Frees it until the next event.</summary>
    private void Rest(ClaimTerms terms)
    {
        State = State.AtRest();
        Write(_fence + 1, isHeld: false, ReadNext(terms));
    }

    private Delivery? Take(ClaimTerms terms, long fence, SendingEnd? otherwise)
    {
        var events = ReadBatch(terms);
        if (events.Count == 0)
        {
            if (otherwise is not null)
                Free(otherwise);
            else
                Rest(terms);
            return null;
        }

        Write(fence, isHeld: true, (terms.Now + terms.Lease).ToUnixTimeMilliseconds());
        // Others that raced with one of these join it no more.
        using (
            var claimed = _connection.Prepare(
                "UPDATE event SET fence = ? WHERE subscription = ? AND number IN (SELECT value FROM json_each(?))"
            )
        )
            claimed.Add(fence).Add(_id).AddUtf8(Records.JsonArray.Of([.. events.Select(each => each.Number)])).Run();
        return new Delivery(_id, events, fence, State, _lastNumber, terms.Now + terms.Lease);
    }

    private List<NotificationEvent> ReadBatch(ClaimTerms terms)
    {
        var numbers = new List<long>();
        var most = _most * terms.Notices;
        using (
            var rows = _connection.Prepare(
                """
                SELECT number FROM event INDEXED BY event_open WHERE subscription = ? AND delivered IS NULL AND time <= ?
                AND number NOT IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT ?
                """
            )
        )
        {
            rows.Add(_id).Add((terms.Now - terms.Quiet).ToUnixTimeMilliseconds()).AddUtf8(ApartNumbers()).Add(most);
            while (rows.Step())
                numbers.Add(rows.Long(0));
        }

        var apart = State.ApartOrNone;
        if (numbers.Count > 0)
            numbers = numbers[..Math.Min(numbers.Count, apart.MostFrom(numbers[0], most))];
        else if (apart.DueAt(terms.Now) is { } aside)
            numbers = [aside];
        return EventRows.Read(_connection, _id, numbers);
    }

    /// <summary>When the first event that is sent with the others is no longer too new.</summary>
    private long? ReadNext(ClaimTerms terms)
    {
        using var row = _connection.Prepare(
            """
            SELECT min(time) FROM event INDEXED BY event_open WHERE subscription = ? AND delivered IS NULL
            AND number NOT IN (SELECT value FROM json_each(?))
            """
        );
        row.Add(_id).AddUtf8(ApartNumbers());
        return row.Step() && row.LongOrNull(0) is { } time ? time + (long)terms.Quiet.TotalMilliseconds : null;
    }

    private byte[] ApartNumbers() => Records.JsonArray.Of(State.ApartOrNone.Numbers);

    private void Write(long fence, bool isHeld, long? next, bool keepsNext = false)
    {
        using var statement = _connection.Prepare(
            """
            UPDATE subscription SET fence = ?, held = ?, next = CASE WHEN ? THEN next ELSE ? END, failures = ?, failing_since = ?,
                last_error = ?, apart = ?, next_aside = ? WHERE id = ?
            """
        );
        statement
            .Add(fence)
            .Add(isHeld ? 1 : 0)
            .Add(keepsNext ? 1 : 0)
            .Add(next)
            .Add(State.Failures)
            .Add(State.FailingSince?.ToUnixTimeMilliseconds())
            .Add(State.LastError)
            .Add(ApartEvents.Write(State.Apart))
            .Add(State.ApartOrNone.NextAside?.ToUnixTimeMilliseconds())
            .Add(_id)
            .Run();
    }
}
