namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A row by its columns.</summary>
internal readonly struct CsvSaid(CsvHeader header, CsvRow row)
{
    /// <summary>The row.</summary>
    public CsvRow Row => row;

    /// <summary>The NHS number as it was written, without what stands between its digits; empty for none.</summary>
    public string Number { get; } = CsvCells.Number(Of(header, row, CsvColumns.NhsNumber));

    /// <summary>What stands in a column, without blanks around it; empty for nothing.</summary>
    public string this[CsvColumn column] => Of(header, row, column);

    /// <summary>True where it was no UTF-8.</summary>
    public bool HasOtherLetters(CsvColumn column) =>
        header.PlaceOf(column) is { } place and < 64 && (row.OtherLetters & (1UL << place)) != 0;

    /// <summary>True for text in a cell that stands under no name.</summary>
    public bool HasMore
    {
        get
        {
            for (var place = 0; place < row.Cells.Count; place++)
                if (!header.IsNamed(place) && !string.IsNullOrWhiteSpace(row.Cells[place]))
                    return true;
            return false;
        }
    }

    private static string Of(CsvHeader header, CsvRow row, CsvColumn column) =>
        header.PlaceOf(column) is { } place && place < row.Cells.Count ? row.Cells[place].Trim() : "";
}
