using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Notifications;

/// <summary>
/// Takes Subscriptions that are due. The one that was served longest ago comes first, so that one with thousands of events never keeps
/// another waiting. One that somebody has is due again when the lease lapses, so <c>next</c> alone says what may be taken.
/// </summary>
internal static class ClaimJob
{
    /// <summary>At most one batch for each Subscription.</summary>
    public static List<Delivery> Write(Connection connection, ClaimTerms terms, int limit)
    {
        var deliveries = new List<Delivery>();
        foreach (var id in ReadDue(connection, terms, limit))
            if (SubscriptionRow.Read(connection, id)?.Claim(terms) is { } delivery)
                deliveries.Add(delivery);
        return deliveries;
    }

    private static List<string> ReadDue(Connection connection, ClaimTerms terms, int limit)
    {
        using var rows = connection.Prepare(
            """
            SELECT id FROM subscription WHERE takes_events = 1 AND (next <= ? OR (next IS NULL AND next_aside <= ?))
            ORDER BY last_claim, id LIMIT ?
            """
        );
        var now = terms.Now.ToUnixTimeMilliseconds();
        rows.Add(now).Add(now).Add(limit);
        var due = new List<string>();
        while (rows.Step())
            due.Add(rows.Text(0));
        return due;
    }
}
