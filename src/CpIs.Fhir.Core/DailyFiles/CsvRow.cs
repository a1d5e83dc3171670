namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Whether a row could be cut into cells.</summary>
public enum CsvRowState
{
    /// <summary>It could.</summary>
    Whole,

    /// <summary>It is longer than <see cref="DailyRecord.MostBytes"/> characters; nothing of it was kept.</summary>
    TooLong,

    /// <summary>A quotation mark opens in it and never closes.</summary>
    OpenQuote,
}

/// <summary>A row of a CSV file.</summary>
/// <param name="Number">As a spreadsheet numbers it: the header is row 1, and blank rows count.</param>
/// <param name="Cells">Its cells, without quotation marks; none where it could not be cut.</param>
public sealed record CsvRow(int Number, IReadOnlyList<string> Cells)
{
    /// <summary>Whether it could be cut into cells.</summary>
    public CsvRowState State { get; init; }

    /// <summary>A bit for each of the first 64 cells: set where it was no UTF-8 and was read as Windows-1252.</summary>
    public ulong OtherLetters { get; init; }
}
