using CpIs.Fhir.Core;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>SQLite's errors in the words of the store port. SQLite's messages name tables and columns, never values.</summary>
internal static class StoreFailure
{
    /// <summary>What a waiter gets when SQLite failed.</summary>
    public static StoreUnavailableException Of(SqliteException failure) =>
        new($"The store failed with SQLite error {failure.SqliteExtendedErrorCode}.", failure);

    /// <summary>True for a row that may not be there twice: somebody else was first.</summary>
    public static bool IsDuplicate(SqliteException failure) =>
        failure.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY;

    /// <summary>True when the failure is the request's own and the connection is as good as before.</summary>
    public static bool LeavesConnectionSound(SqliteException failure) =>
        failure.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_INTERRUPT or raw.SQLITE_BUSY or raw.SQLITE_FULL;
}
