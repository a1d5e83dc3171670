using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Notifications;
using CpIs.Fhir.Storage.Sqlite.Worklists;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<int> NumberObligationsAsync(
        DateTimeOffset now,
        TimeSpan quiet,
        int limit,
        CancellationToken cancellation
    )
    {
        var job = new NumberingJob(now, quiet, limit);
        return WriteAsync<int>(connection => job.Write(connection), cancellation);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Delivery>> ClaimDueAsync(
        ClaimTerms terms,
        int limit,
        CancellationToken cancellation
    ) => await WriteAsync<List<Delivery>>(connection => ClaimJob.Write(connection, terms, limit), cancellation);

    /// <inheritdoc />
    public Task<Delivery?> ClaimNextAsync(
        Delivery held,
        SendingState state,
        ClaimTerms terms,
        SendingEnd? otherwise,
        CancellationToken cancellation
    ) =>
        WriteAsync<Delivery?>(
            connection => SubscriptionRow.ReadHeld(connection, held)?.ClaimNext(state, terms, otherwise),
            cancellation
        );

    /// <inheritdoc />
    public Task<bool> SettleAsync(
        Delivery delivery,
        DateTimeOffset now,
        SendingState state,
        bool tells,
        CancellationToken cancellation
    ) => WriteAsync<bool>(connection => DeliveryEnd.Settle(connection, delivery, now, state, tells), cancellation);

    /// <inheritdoc />
    public Task<bool> GiveBackAsync(Delivery delivery, SendingEnd left, CancellationToken cancellation) =>
        WriteAsync<bool>(connection => DeliveryEnd.GiveBack(connection, delivery, left), cancellation);

    /// <inheritdoc />
    public Task<DateTimeOffset?> ReadNextDueAsync(CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare(
                    "SELECT min(coalesce(next, next_aside)) FROM subscription WHERE takes_events = 1"
                );
                return row.Step() ? Instant(row.LongOrNull(0)) : null;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task NoteTakenAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare(
                    "UPDATE subscription SET last_taken = max(coalesce(last_taken, 0), ?) WHERE id = ?"
                );
                return statement.Add(now.ToUnixTimeMilliseconds()).Add(subscriptionId).Run() == 1;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare(
                    "UPDATE subscription SET next = ? WHERE id = ? AND held = 0 AND next IS NOT NULL"
                );
                statement.Add(now.ToUnixTimeMilliseconds()).Add(subscriptionId).Run();
                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<int> ResendAsync(
        string subscriptionId,
        long first,
        long last,
        DateTimeOffset now,
        CancellationToken cancellation
    ) =>
        WriteAsync<int>(
            connection =>
            {
                using var events = connection.Prepare(
                    """
                    UPDATE event SET delivered = NULL WHERE subscription = ? AND number BETWEEN ? AND ? AND delivered IS NOT NULL
                        AND EXISTS (SELECT 1 FROM subscription s WHERE s.id = event.subscription AND s.sends = 1)
                    """
                );
                var again = events.Add(subscriptionId).Add(first).Add(last).Run();
                // Whoever has the Subscription finds them with its next batch.
                using var due = connection.Prepare("UPDATE subscription SET next = ? WHERE id = ? AND held = 0");
                if (again > 0)
                    due.Add(now.ToUnixTimeMilliseconds()).Add(subscriptionId).Run();
                return again;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<long>> FindDeliveredUntoldAsync(
        string subscriptionId,
        int limit,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<long>>(
            connection => EventRows.FindDeliveredUntold(connection, subscriptionId, limit),
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<NotificationEvent>> ReadEventsAsync(
        string subscriptionId,
        long first,
        long last,
        int limit,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<NotificationEvent>>(
            connection => EventRows.Read(connection, subscriptionId, first, last, limit),
            cancellation
        );

    /// <inheritdoc />
    public Task<SubscriptionLedger> ReadLedgerAsync(string subscriptionId, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare(
                    """
                    SELECT s.last_number, s.failing_since, s.last_error, count(e.number), min(e.time), s.last_taken, s.failures
                    FROM subscription s LEFT JOIN event e ON e.subscription = s.id AND e.delivered IS NULL
                    WHERE s.id = ? GROUP BY s.id
                    """
                );
                row.Add(subscriptionId);
                return row.Step()
                    ? new SubscriptionLedger(
                        row.Long(0),
                        row.Long(3),
                        Instant(row.LongOrNull(4)),
                        Instant(row.LongOrNull(1)),
                        row.TextOrNull(2),
                        Instant(row.LongOrNull(5)),
                        row.Int(6)
                    )
                    : new SubscriptionLedger(0, 0, null, null, null);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken cancellation
    ) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare(
                    $"SELECT count(*), min(time) FROM obligation WHERE authority = ? AND settled IS NULL AND {OwedSql.Topics}"
                );
                row.Add(authority.Value);
                row.Step();
                return (row.Long(0), Instant(row.LongOrNull(1)));
            },
            cancellation
        );
}
