using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Up to which obligation each Subscription of a copied store has been numbered. Another store may have numbered its open
/// obligations in any order, so that those without an event need not all come after those with one: the mark is set before
/// the first without, and numbering passes over those after it that have theirs.
/// </summary>
internal static class NumberingMarks
{
    /// <summary>Sets the marks of all Subscriptions, in place of what was there.</summary>
    public static void Set(Connection connection) =>
        connection.Run(
            """
            UPDATE subscription SET numbered_to = coalesce(
                (SELECT o.key - 1 FROM obligation o INDEXED BY obligation_open
                    WHERE o.authority = subscription.authority AND o.topic = subscription.topic AND o.settled IS NULL AND NOT EXISTS
                        (SELECT 1 FROM event_obligation l INDEXED BY event_of_obligation
                            WHERE l.obligation = o.key AND l.subscription = subscription.id)
                    ORDER BY o.key LIMIT 1),
                (SELECT max(key) FROM obligation),
                0)
            """
        );
}
