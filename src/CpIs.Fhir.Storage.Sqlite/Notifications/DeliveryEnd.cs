using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>How an attempt ended. Only who has the Subscription may say so.</summary>
internal static class DeliveryEnd
{
    /// <summary>Delivered: the events end, and, where it tells, so do their obligations, whoever else has events on them.</summary>
    public static bool Settle(
        Connection connection,
        Delivery delivery,
        DateTimeOffset now,
        SendingState state,
        bool tells
    )
    {
        if (SubscriptionRow.ReadHeld(connection, delivery) is not { } row)
            return false;
        var time = now.ToUnixTimeMilliseconds();
        foreach (var number in delivery.Events.Select(e => e.Number))
        {
            using var obligations = connection.Prepare(
                """
                UPDATE obligation SET settled = ? WHERE +settled IS NULL AND key IN
                    (SELECT obligation FROM event_obligation WHERE subscription = ? AND number = ?)
                """
            );
            if (tells)
                obligations.Add(time).Add(delivery.SubscriptionId).Add(number).Run();
            using var statement = connection.Prepare(
                "UPDATE event SET delivered = ? WHERE subscription = ? AND number = ? AND +delivered IS NULL"
            );
            statement.Add(time).Add(delivery.SubscriptionId).Add(number).Run();
        }

        row.Keep(state);
        using var ledger = connection.Prepare(
            "UPDATE subscription SET last_taken = max(coalesce(last_taken, 0), ?) WHERE id = ?"
        );
        ledger.Add(time).Add(delivery.SubscriptionId).Run();
        return true;
    }

    /// <summary>Given back, with or without an attempt.</summary>
    public static bool GiveBack(Connection connection, Delivery delivery, SendingEnd end)
    {
        if (SubscriptionRow.ReadHeld(connection, delivery) is not { } row)
            return false;
        row.Free(end);
        return true;
    }
}
