using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A record of CSV as its rows come: what can be read becomes resources, which the profiles judge; what cannot is told here.</summary>
internal sealed class CsvRecord(CsvResources writer, CsvSaid first)
{
    private const string ValueRule = "cpis-csv-value";
    private const string RowRule = "cpis-csv-row";
    private const string NumberRule = "cpis-nhs-number";

    private static readonly CsvColumn[] Person =
    [
        CsvColumns.Family,
        CsvColumns.Given,
        CsvColumns.BirthDate,
        CsvColumns.LocalId,
    ];

    private delegate T? Reader<T>(string text, out string? fault);

    private readonly List<DailyEntry> _entries = [];
    private readonly List<Issue> _faults = [];
    private int _bytes;

    /// <summary>True for a row of the same child.</summary>
    public bool IsOf(CsvSaid said) =>
        said.Row.State == CsvRowState.Whole && said.Number.Length > 0 && said.Number == first.Number;

    /// <summary>Adds a row.</summary>
    public void Add(CsvSaid said)
    {
        if (said.Row.State == CsvRowState.TooLong)
            Tell(
                said,
                null,
                $"The row is longer than {DailyRecord.MostBytes / 1_024} KiB and was not read. Look for a quotation mark that is not closed.",
                RowRule
            );
        else if (said.Row.State == CsvRowState.OpenQuote)
            Tell(
                said,
                null,
                "A quotation mark in this row is not closed, so the row was not read. Close it, or take it out.",
                RowRule
            );
        else if (!IsTooLong)
            AddPlan(said);
    }

    /// <summary>The record.</summary>
    public DailyRecord Finish() =>
        new(new RecordPosition(RecordForm.Row, first.Row.Number), IsTooLong ? [] : _entries) { Faults = _faults };

    /// <summary>What is more than a record can hold is not kept; that it was there is told.</summary>
    private bool IsTooLong => _bytes > DailyRecord.MostBytes;

    private void AddPlan(CsvSaid said)
    {
        if (_entries.Count == 0)
            Add(WritePatient(said), said);
        else
            Compare(said);
        Add(WritePlan(said), said);
        foreach (var column in said.Row.OtherLetters == 0 ? [] : CsvColumns.All)
            if (said.HasOtherLetters(column))
                Tell(
                    said,
                    column,
                    $"The {column.Name} was read as Windows-1252, because it is no UTF-8. Check its letters, or save the file as CSV UTF-8.",
                    "cpis-csv-letters",
                    "warning"
                );
        if (said.HasMore)
            Tell(
                said,
                null,
                "The row has a value that stands under no column. Put text with a comma in it in quotation marks, or take it out.",
                RowRule
            );
        if (IsTooLong)
            _faults.Add(RecordReading.TooLong());
    }

    private void Add(byte[] resource, CsvSaid said)
    {
        _entries.Add(new DailyEntry(resource, DailyRecord.UrlOf(_entries.Count)) { Row = said.Row.Number });
        _bytes += resource.Length;
    }

    private byte[] WritePatient(CsvSaid said) =>
        writer.Patient(
            said.Number,
            Needed(said, CsvColumns.Family),
            Needed(said, CsvColumns.Given),
            Day(said, CsvColumns.BirthDate, isNeeded: true),
            Id(said, CsvColumns.LocalId)
        );

    private byte[] WritePlan(CsvSaid said)
    {
        if (Needed(said, CsvColumns.NhsNumber) is not null && CsvCells.NumberFault(said.Number) is { } fault)
            Tell(said, CsvColumns.NhsNumber, fault, NumberRule);
        return writer.Plan(
            said.Number,
            Needed(said, CsvColumns.PlanId) is null ? null : Id(said, CsvColumns.PlanId),
            Word(said, CsvColumns.Type, CsvWords.Type),
            Word(said, CsvColumns.Status, CsvWords.Status),
            Day(said, CsvColumns.Start, isNeeded: true),
            Day(said, CsvColumns.End, isNeeded: false),
            said[CsvColumns.Protected].Length > 0 && Word(said, CsvColumns.Protected, CsvWords.YesOrNo) == true
        );
    }

    /// <summary>The rows of a child say the same of the person, or nothing.</summary>
    private void Compare(CsvSaid said)
    {
        foreach (var column in Person)
            if (said[column] is { Length: > 0 } text && text != first[column])
                Tell(
                    said,
                    column,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The {column.Name} differs from row {first.Row.Number}, which is about the same child. Write the same in all rows of a child."
                    ),
                    RowRule
                );
    }

    private T? Word<T>(CsvSaid said, CsvColumn column, Reader<T> read)
    {
        if (Needed(said, column) is not { } text)
            return default;
        var value = read(text, out var fault);
        if (fault is not null)
            Tell(said, column, $"The {column.Name} {fault}");
        return value;
    }

    private DateOnly? Day(CsvSaid said, CsvColumn column, bool isNeeded)
    {
        if ((isNeeded ? Needed(said, column) : said[column]) is not { Length: > 0 } text)
            return null;
        var day = CsvCells.Day(text, out var fault);
        if (fault is not null)
            Tell(said, column, $"The {column.Name} {fault}");
        return day;
    }

    private string? Id(CsvSaid said, CsvColumn column)
    {
        var text = said[column];
        if (CsvCells.AsPower(text) is { } fault)
            Tell(said, column, $"The {column.Name} {fault}");
        return text.Length == 0 ? null : text;
    }

    private string? Needed(CsvSaid said, CsvColumn column)
    {
        if (said[column] is { Length: > 0 } text)
            return text;
        Tell(said, column, $"The {column.Name} is missing. Fill it in.");
        return null;
    }

    private void Tell(
        CsvSaid said,
        CsvColumn? column,
        string text,
        string rule = ValueRule,
        string severity = "error"
    ) =>
        _faults.Add(
            new Issue(
                rule == RowRule ? "structure" : "value",
                text,
                new CsvPlace(said.Row.Number, column?.Name).ToString(),
                SpineCodes.InvalidValue,
                severity,
                rule
            )
        );
}
