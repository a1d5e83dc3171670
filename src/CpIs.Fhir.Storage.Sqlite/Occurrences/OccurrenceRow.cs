using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Occurrences;

/// <summary>An occurrence as it lies in its row.</summary>
internal static class OccurrenceRow
{
    /// <summary>Reads one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="id">Column of the id.</param>
    /// <param name="document">Column of the document.</param>
    /// <param name="protection">How it was written.</param>
    public static Occurrence Read(Statement row, int id, int document, RecordProtection protection) =>
        protection.OpenOccurrence(row.Text(id), row.Blob(document).ToArray());
}
