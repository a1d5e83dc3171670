using System.Runtime.CompilerServices;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Records as CSV: a row is a plan, and rows of one child that follow each other are one record. Rows of a child that stand apart are a record
/// each, and are done in the order of the file. One record is in memory at a time.
/// </summary>
public static class CsvRecords
{
    /// <summary>A row that begins with it is passed over.</summary>
    public const char Comment = '#';

    /// <summary>The records, as they come. Blank rows and comments are passed over, and counted.</summary>
    /// <param name="authority">Whose plans they are.</param>
    /// <param name="header">The first row.</param>
    /// <param name="rows">The rows after it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async IAsyncEnumerable<DailyRecord> ReadAsync(
        OdsCode authority,
        CsvHeader header,
        IAsyncEnumerable<CsvRow> rows,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var writer = new CsvResources(authority);
        CsvRecord? record = null;
        await foreach (var row in rows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (row.State == CsvRowState.Whole && IsNothing(row))
                continue;
            var said = new CsvSaid(header, row);
            if (record?.IsOf(said) != true)
            {
                if (record is not null)
                    yield return record.Finish();
                record = new CsvRecord(writer, said);
            }

            record.Add(said);
        }

        if (record is not null)
            yield return record.Finish();
    }

    private static bool IsNothing(CsvRow row)
    {
        for (var i = 0; i < row.Cells.Count; i++)
            if (row.Cells[i].AsSpan().Trim() is [var first, ..])
                return i == 0 && first == Comment;
        return true;
    }
}
