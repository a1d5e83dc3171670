using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Up to which obligation each Subscription of a copied store has been numbered. Another store may have numbered its open
/// obligations in any order, so that those without an event need not all come after those with one: the mark is set before
/// the first without, and those after it that have their event are remembered one by one (<c>numbered_ahead</c>).
/// </summary>
internal static class NumberingMarks
{
    /// <summary>Sets the marks of all Subscriptions, in place of what was there.</summary>
    public static void Set(Connection connection)
    {
        connection.RunScript(
            """
            DELETE FROM numbered_ahead;
            INSERT INTO numbered_ahead (subscription, obligation)
            SELECT e.subscription, o.key FROM event e
            CROSS JOIN event_obligation l ON l.subscription = e.subscription AND l.number = e.number
            CROSS JOIN obligation o ON o.key = l.obligation
            WHERE e.delivered IS NULL AND o.settled IS NULL;

            UPDATE subscription SET numbered_to = coalesce(
                (SELECT o.key - 1 FROM obligation o
                    WHERE o.authority = subscription.authority AND o.settled IS NULL
                    AND NOT EXISTS (SELECT 1 FROM numbered_ahead a WHERE a.subscription = subscription.id AND a.obligation = o.key)
                    ORDER BY o.key LIMIT 1),
                (SELECT max(key) FROM obligation),
                0);

            DELETE FROM numbered_ahead WHERE obligation <=
                (SELECT s.numbered_to FROM subscription s WHERE s.id = numbered_ahead.subscription);
            """
        );
    }
}
