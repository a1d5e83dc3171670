using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>What the records of a daily file are counted by.</summary>
public enum RecordForm
{
    /// <summary>Lines of NDJSON, from 1; blank lines count.</summary>
    Line,

    /// <summary>Rows of CSV as a spreadsheet numbers them: the header is row 1.</summary>
    Row,

    /// <summary>Entries of a Bundle, from 0, as FHIRPath counts.</summary>
    Entry,
}

/// <summary>Where a record is in the file, as its sender finds it again.</summary>
/// <param name="Form">What is counted.</param>
/// <param name="Number">Which one.</param>
public readonly record struct RecordPosition(RecordForm Form, int Number)
{
    /// <summary><c>line 3</c>, <c>row 3</c> or <c>entry[3]</c>.</summary>
    public override string ToString()
    {
        var number = Number.ToString(CultureInfo.InvariantCulture);
        return Form switch
        {
            RecordForm.Line => $"line {number}",
            RecordForm.Row => $"row {number}",
            _ => $"entry[{number}]",
        };
    }
}
