using System.Runtime.CompilerServices;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>Reads a whole store, section by section, on one connection: one reading at a time.</summary>
internal static class SqliteReading
{
    /// <summary>Tells the keys of this store from those of another kind.</summary>
    public const string Identity = "sqlite";

    /// <summary>How many records a section has.</summary>
    public static long Count(Connection connection, TransferSection section, DateTimeOffset unexpiredAt)
    {
        using var row = connection.Prepare($"SELECT count(*) FROM {Rows(section)}");
        if (section.Expires())
            row.Add(unexpiredAt.ToUnixTimeMilliseconds());
        row.Step();
        // The stamp of the registrations is a record of its own.
        return row.Long(0) + (section == TransferSection.Registrations ? 1 : 0);
    }

    /// <summary>Reads a section.</summary>
    /// <exception cref="StoreUnavailableException">SQLite failed.</exception>
    public static async IAsyncEnumerable<TransferBatch> ReadAsync(
        Connection connection,
        RecordProtection protection,
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        // SQLite is synchronous: not on the caller's thread.
        await Task.Yield();
        using var batches = (
            section switch
            {
                TransferSection.Resources => OutgoingResources.Read(connection, protection, after),
                TransferSection.Occurrences => OutgoingOccurrences.Read(connection, protection, after),
                TransferSection.Events => OutgoingEvents.Read(connection, after),
                _ => OutgoingRest.Read(connection, protection, section, after, unexpiredAt),
            }
        ).GetEnumerator();
        while (Next(batches))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return batches.Current;
        }
    }

    private static bool Next(IEnumerator<TransferBatch> batches)
    {
        try
        {
            return batches.MoveNext();
        }
        catch (SqliteException failure)
        {
            throw StoreFailure.Of(failure);
        }
    }

    private static string Rows(TransferSection section) =>
        section switch
        {
            TransferSection.Resources => "resource",
            TransferSection.Occurrences => "occurrence",
            TransferSection.Ledgers => $"subscription WHERE {OutgoingRest.UsedLedger}",
            TransferSection.Events => "event",
            TransferSection.Registrations => "registration",
            TransferSection.Keys => "signing_key",
            TransferSection.Answers => "answer WHERE +expires > ?",
            TransferSection.OneTimeValues => "used_once WHERE +expires > ?",
            TransferSection.Restores => "restore",
            _ => throw new ArgumentOutOfRangeException(nameof(section)),
        };
}
