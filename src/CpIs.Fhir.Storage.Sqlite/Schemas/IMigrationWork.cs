using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// The part of a migration that is code: it goes through rows and can open what is sealed. It leaves a file that the version
/// before still works with, and may meet a row twice.
/// </summary>
internal interface IMigrationWork
{
    /// <summary>How many rows it looks at.</summary>
    long Count(Connection connection);

    /// <summary>Brings the next rows forward, in one transaction of the caller.</summary>
    /// <param name="connection">The writer.</param>
    /// <param name="protection">Opens what is sealed.</param>
    /// <param name="after">Where the batch before ended; null at the beginning.</param>
    /// <returns>Where this one ended, and how many rows it looked at; none when all are done.</returns>
    (string? At, int Rows) RunBatch(Connection connection, RecordProtection protection, string? after);
}
