using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Runs one migration. Its work goes first, a batch to a transaction, with a bookmark in <c>meta</c> (name <c>migration</c>):
/// ended anywhere, it goes on there. Then its script and the number of the schema follow in one transaction.
/// </summary>
/// <param name="connection">The writer.</param>
/// <param name="protection">That of the file; checked before anything is opened.</param>
/// <param name="migration">Which.</param>
/// <param name="progress">Told how many rows are done, of how many.</param>
internal sealed class MigrationRun(
    Connection connection,
    RecordProtection protection,
    Migration migration,
    Action<long, long> progress
)
{
    /// <exception cref="StoreUnavailableException">The file was made with another protection.</exception>
    public void Run(string file, int applicationId)
    {
        var total = Math.Max(1, migration.Work?.Count(connection) ?? 0);
        progress(0, total);
        if (migration.Work is { } work)
        {
            ProtectionMark.Expect(connection, file, protection);
            RunWork(work, total);
        }

        // A file of the first versions has no meta, and so no bookmark.
        var done = migration.Work is null ? "" : "DELETE FROM meta WHERE name = 'migration';";
        InTransaction(() =>
            connection.RunScript(
                $"{migration.Script} {done} PRAGMA application_id={applicationId}; PRAGMA user_version={migration.Version};"
            )
        );
        progress(total, total);
    }

    private void RunWork(IMigrationWork work, long total)
    {
        var head = Head();
        var (at, done) = ReadBookmark(head);
        for (var more = true; more; )
        {
            InTransaction(() =>
            {
                (var next, var rows) = work.RunBatch(connection, protection, at);
                more = rows > 0;
                (at, done) = (next ?? at, done + rows);
                using var mark = connection.Prepare(
                    "INSERT INTO meta (name, value) VALUES ('migration', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                );
                mark.Add($"{head}\n{done}\n{at}").Run();
            });
            progress(Math.Min(done, total), total);
        }
    }

    /// <summary>A bookmark of this migration; one from before a server of the version before wrote more is of no use.</summary>
    private (string? At, long Done) ReadBookmark(string head)
    {
        using var row = connection.Prepare("SELECT value FROM meta WHERE name = 'migration'");
        return row.Step() && row.Text(0).Split('\n', 3) is [var kept, var done, var at] && kept == head
            ? (at, long.Parse(done, CultureInfo.InvariantCulture))
            : (null, 0);
    }

    private string Head()
    {
        using var row = connection.Prepare("SELECT coalesce(max(key), 0) FROM occurrence");
        row.Step();
        return string.Create(CultureInfo.InvariantCulture, $"{migration.Version}/{row.Long(0)}");
    }

    private void InTransaction(Action write)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            write();
            connection.Run("COMMIT");
        }
        catch when (connection.InTransaction)
        {
            connection.Run("ROLLBACK");
            throw;
        }
    }
}
