using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A place in a CSV file, as its sender finds it again.</summary>
/// <param name="Row">As a spreadsheet numbers it: the header is row 1.</param>
/// <param name="Column">Name of the column; null for the whole row.</param>
internal readonly record struct CsvPlace(int Row, string? Column = null)
{
    private const string RowWord = "row ";
    private const string ColumnWord = ", column ";

    /// <summary>Reads what <see cref="ToString"/> wrote; null for another place, such as a FHIRPath.</summary>
    public static CsvPlace? Parse(string? text)
    {
        if (text?.StartsWith(RowWord, StringComparison.Ordinal) != true)
            return null;
        var end = text.IndexOf(ColumnWord, StringComparison.Ordinal);
        return int.TryParse(
            end < 0 ? text.AsSpan(RowWord.Length) : text.AsSpan(RowWord.Length, end - RowWord.Length),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var row
        )
            ? new CsvPlace(row, end < 0 ? null : text[(end + ColumnWord.Length)..])
            : null;
    }

    /// <summary><c>row 6, column end</c>, or <c>row 6</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{RowWord}{Row}{(Column is null ? "" : ColumnWord + Column)}");
}
