using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The first row: which column stands where.</summary>
public sealed class CsvHeader
{
    private const string Rule = "cpis-csv-header";
    private const int LeastKnown = 3;
    private const int MostFaults = 50;

    private readonly Dictionary<CsvColumn, int> _places;

    private readonly bool[] _isNamed;

    private CsvHeader(Dictionary<CsvColumn, int> places, IReadOnlyList<int> passedOver, int width)
    {
        (_places, Width, _isNamed) = (places, width, new bool[width]);
        foreach (var place in places.Values.Concat(passedOver))
            _isNamed[place] = true;
    }

    /// <summary>How many cells a row has.</summary>
    public int Width { get; }

    /// <summary>Where a column stands, from 0; null where the file has none of it.</summary>
    public int? PlaceOf(CsvColumn column) => _places.TryGetValue(column, out var place) ? place : null;

    /// <summary>True for a cell under a name.</summary>
    internal bool IsNamed(int place) => place < Width && _isNamed[place];

    /// <summary>The header, or why the file is none (CPF01): every fault of it.</summary>
    public static Result<CsvHeader> Read(CsvRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.State != CsvRowState.Whole || row.Cells.Any(cell => cell.Contains('\0', StringComparison.Ordinal)))
            return Refused([
                "The first row cannot be read, so this is no CSV file. In a spreadsheet choose Save as, CSV UTF-8.",
            ]);
        var places = new Dictionary<CsvColumn, int>();
        var passedOver = new List<int>();
        var faults = new List<string>();
        for (var place = 0; place < row.Cells.Count; place++)
        {
            var name = row.Cells[place].Trim();
            if (name.Length == 0)
                continue;
            var key = CsvWords.Key(name);
            if (key == CsvWords.Key(CsvColumns.LastConfirmed))
                passedOver.Add(place);
            else if (
                CsvColumns.All.FirstOrDefault(column => column.Names.Any(each => CsvWords.Key(each) == key))
                is not { } known
            )
                faults.Add(Unknown(name));
            else if (!places.TryAdd(known, place))
                faults.Add($"The column {known.Name} is there twice. Leave one of them out.");
        }

        // Without a header the first row holds a child, and nothing of it may be repeated.
        if (places.Count < LeastKnown)
            return Refused([
                $"The first row must be the header. Its columns: {Names(CsvColumns.All)}. cpis upload --template writes it.",
            ]);
        faults.AddRange(
            CsvColumns
                .All.Where(column => !column.IsOptional && !places.ContainsKey(column))
                .Select(column => $"The column {column.Name} is missing. Add it.")
        );
        return faults.Count > 0 ? Refused(faults) : new CsvHeader(places, passedOver, row.Cells.Count);
    }

    private static string Unknown(string name)
    {
        var near = Spelling.Nearest(name, CsvColumns.All.SelectMany(column => column.Names));
        return near is null
            ? $"The column {Shown.Value(name)} is not known. Leave it out: nothing but these columns is taken: {Names(CsvColumns.All)}."
            : $"The column {Shown.Value(name)} is not known. Did you mean {near}?";
    }

    private static string Names(IEnumerable<CsvColumn> columns) =>
        string.Join(", ", columns.Select(column => column.Name));

    private static Refusal Refused(IReadOnlyList<string> faults) =>
        new(
            RefusalKind.Rule,
            [
                .. faults
                    .Take(MostFaults)
                    .Select(text => new Issue("structure", text, null, SpineCodes.InvalidValue, Rule: Rule)),
            ]
        );
}
