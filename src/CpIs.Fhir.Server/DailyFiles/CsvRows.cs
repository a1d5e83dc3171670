using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.DailyFiles;
using nietras.SeparatedValues;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>
/// The rows of a CSV file as a spreadsheet numbers them. A row ends with its line, so a quotation mark that nobody closes harms one row and not
/// all that follow; only a line break inside a cell is known and joined again. Sep cuts a row into cells.
/// </summary>
internal sealed class CsvRows
{
    /// <summary>Most lines of one row: a cell with line breaks.</summary>
    private const int MostLines = 20;

    private static readonly char[] Separators = [',', ';', '\t', '|'];

    private readonly CsvLines _lines;
    private char _separator = ',';
    private SepReaderOptions _options;
    private int _mostSeparators = int.MaxValue;
    private int _number;

    public CsvRows(Stream file) => _lines = new CsvLines(CsvLetters.Open(file));

    /// <summary>The first row, by which the separator is known; null for a file without any.</summary>
    public async ValueTask<CsvRow?> HeaderAsync(CancellationToken cancellation)
    {
        var (line, isThere) = await _lines.NextAsync(cancellation);
        if (!isThere)
            return null;
        _separator = Separators.MaxBy(separator => line.AsSpan().Count(separator));
        _options = new SepReaderOptions(new Sep(_separator))
        {
            HasHeader = false,
            DisableColCountCheck = true,
            Unescape = true,
            InitialBufferLength = 1_024,
        };
        var header = await RowAsync(line, cancellation);
        _mostSeparators = (header.Cells.Count - 1) * 3 / 2;
        return header;
    }

    /// <summary>The rows after the header.</summary>
    public async IAsyncEnumerable<CsvRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await _lines.NextAsync(cancellation) is (var line, true))
            yield return await RowAsync(line, cancellation);
    }

    private async ValueTask<CsvRow> RowAsync(string? line, CancellationToken cancellation)
    {
        _number++;
        if (line is null)
            return new CsvRow(_number, []) { State = CsvRowState.TooLong };
        var whole = IsOpen(line) ? await WithLineBreakAsync(line, cancellation) : line;
        return whole is null ? new CsvRow(_number, []) { State = CsvRowState.OpenQuote } : Cut(whole);
    }

    private CsvRow Cut(string line)
    {
        using var reader = _options.FromText(line);
        if (!reader.MoveNext())
            return new CsvRow(_number, []);
        var row = reader.Current;
        var cells = new string[row.ColCount];
        var others = 0UL;
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = CsvLetters.Restore(row[i].ToString(), out var isOther);
            if (isOther && i < 64)
                others |= 1UL << i;
        }

        return new CsvRow(_number, cells) { OtherLetters = others };
    }

    /// <summary>
    /// The row whose cell goes on over the next lines; null where the quotation mark is never closed. What a line break cut in two has together
    /// about as many separators as the header, while a whole row that follows has as many again.
    /// </summary>
    private async ValueTask<string?> WithLineBreakAsync(string line, CancellationToken cancellation)
    {
        var lines = new List<string?> { line };
        var (separators, length) = (line.AsSpan().Count(_separator), line.Length);
        while (lines.Count < MostLines && await _lines.NextAsync(cancellation) is (var next, true))
        {
            lines.Add(next);
            separators += next.AsSpan().Count(_separator);
            length += next?.Length ?? int.MaxValue / 2;
            if (separators > _mostSeparators || length > DailyRecord.MostBytes)
                break;
            if (IsOpen(next!))
                return string.Join('\n', lines);
        }

        _lines.PutBack(lines.Skip(1));
        return null;
    }

    private static bool IsOpen(string line) => line.AsSpan().Count('"') % 2 == 1;
}
