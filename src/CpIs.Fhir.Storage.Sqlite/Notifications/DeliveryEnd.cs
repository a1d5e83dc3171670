using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// How an attempt ended. Only the holder of the claim may say so: every event of the delivery must still carry its fence.
/// A released claim has lease 0, so a second ending by the same holder changes nothing.
/// </summary>
internal static class DeliveryEnd
{
    /// <summary>Delivered: the events end, and so do their obligations, whoever else has events on them.</summary>
    public static bool Settle(Connection connection, Delivery delivery, DateTimeOffset now)
    {
        if (!Holds(connection, delivery, orDelivered: true))
            return false;
        var time = now.ToUnixTimeMilliseconds();
        foreach (var number in delivery.Events.Select(e => e.Number))
        {
            using (
                var obligations = connection.Prepare(
                    """
                    UPDATE obligation SET settled = ? WHERE +settled IS NULL AND key IN
                        (SELECT obligation FROM event_obligation WHERE subscription = ? AND number = ?)
                    """
                )
            )
                obligations.Add(time).Add(delivery.SubscriptionId).Add(number).Run();
            using var statement = connection.Prepare(
                "UPDATE event SET delivered = ? WHERE subscription = ? AND number = ? AND +delivered IS NULL"
            );
            statement.Add(time).Add(delivery.SubscriptionId).Add(number).Run();
        }

        using var ledger = connection.Prepare(
            """
            UPDATE subscription SET failing_since = NULL, last_error = NULL, last_taken = max(coalesce(last_taken, 0), ?)
            WHERE id = ?
            """
        );
        ledger.Add(time).Add(delivery.SubscriptionId).Run();
        return true;
    }

    /// <summary>Failed: the events are due again, and the claim is released.</summary>
    public static bool Reschedule(
        Connection connection,
        Delivery delivery,
        DateTimeOffset now,
        DateTimeOffset due,
        string reason
    )
    {
        if (!Holds(connection, delivery, orDelivered: false))
            return false;
        foreach (var number in delivery.Events.Select(e => e.Number))
        {
            using var statement = connection.Prepare(
                "UPDATE event SET lease = 0, due = ?, attempts = attempts + 1 WHERE subscription = ? AND number = ?"
            );
            statement.Add(due.ToUnixTimeMilliseconds()).Add(delivery.SubscriptionId).Add(number).Run();
        }

        using var ledger = connection.Prepare(
            "UPDATE subscription SET failing_since = coalesce(failing_since, ?), last_error = ? WHERE id = ?"
        );
        ledger.Add(now.ToUnixTimeMilliseconds()).Add(reason).Add(delivery.SubscriptionId).Run();
        return true;
    }

    private static bool Holds(Connection connection, Delivery delivery, bool orDelivered)
    {
        foreach (var number in delivery.Events.Select(e => e.Number))
        {
            using var row = connection.Prepare(
                "SELECT fence, lease, delivered IS NOT NULL FROM event WHERE subscription = ? AND number = ?"
            );
            row.Add(delivery.SubscriptionId).Add(number);
            if (!row.Step() || row.Long(0) != delivery.Fence || row.Long(1) == 0 || (!orDelivered && row.Int(2) == 1))
                return false;
        }

        return true;
    }
}
