using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Epochs;

/// <summary>
/// What the file knows of restores: table <c>restore</c>, <c>gaps</c> of a Subscription, and in <c>meta</c> the row <c>restored</c> until a server
/// opens the file.
/// </summary>
internal static class EpochRows
{
    public static StoreEpoch Read(Connection connection)
    {
        var subscriptions = new List<NumberedSubscription>();
        using (var rows = connection.Prepare("SELECT id, authority, last_number, gaps FROM subscription"))
            while (rows.Step())
                subscriptions.Add(
                    new NumberedSubscription(
                        rows.Text(0),
                        OdsCode.Parse(rows.Text(1)),
                        rows.Long(2),
                        NumberingGap.Read(rows.TextOrNull(3))
                    )
                );
        using var row = connection.Prepare(
            "SELECT coalesce((SELECT max(epoch) FROM restore), 0), EXISTS (SELECT 1 FROM meta WHERE name = 'restored')"
        );
        row.Step();
        return new StoreEpoch(row.Long(0), row.Int(1) == 1, subscriptions);
    }

    /// <summary>Writes what was decided, in one transaction of the caller.</summary>
    public static void Write(Connection connection, StoreEpoch before, RestoreOutcome outcome, RestoreTerms terms)
    {
        using (var restore = connection.Prepare("INSERT INTO restore (epoch, told) VALUES (?, ?)"))
            restore.Add(outcome.Epoch).Add(terms.Now.ToUnixTimeMilliseconds()).Run();
        var gaps = before.Subscriptions.ToDictionary(s => s.Id, s => s.Gaps, StringComparer.Ordinal);
        foreach (var jump in outcome.Subscriptions)
        {
            // The fence jumps too: no claim of before the restore ends one of after it.
            using var statement = connection.Prepare(
                """
                UPDATE subscription SET last_number = ?, gaps = ?, fence = fence + ?, next = CASE held WHEN 1 THEN 0 ELSE next END, held = 0
                WHERE id = ?
                """
            );
            statement
                .Add(jump.Gap.Last)
                .Add(NumberingGap.Write([.. gaps[jump.SubscriptionId], jump.Gap]))
                .Add(terms.Jump)
                .Add(jump.SubscriptionId)
                .Run();
        }

        // What was never claimed in the copy may have been sent since: nothing joins it any more.
        connection.Run("UPDATE event SET fence = 1 WHERE fence = 0");
        connection.Run("INSERT OR REPLACE INTO meta (name, value) VALUES ('restored', 'not opened since')");
    }

    /// <summary>A server opens the file: what is numbered from here on is not known to the next restore.</summary>
    public static void NoteOpened(Connection connection) => connection.Run("DELETE FROM meta WHERE name = 'restored'");
}
