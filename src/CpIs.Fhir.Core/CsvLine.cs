namespace CpIs.Fhir.Core;

/// <summary>A row of a table that goes to a spreadsheet (RFC 4180).</summary>
public static class CsvLine
{
    /// <summary>The fields, each in quotes where it needs them, and the end of the row.</summary>
    public static string Of(IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    /// <summary>A text in quotes; nothing for no text. What a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public static string Quoted(string? text) =>
        string.IsNullOrEmpty(text) ? ""
        : text[0] is '=' or '+' or '-' or '@' or '\t' or '\r'
            ? $"\"'{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Field(string? text) =>
        text is not null
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or ':' or '-' or '[' or ']')
        && !text.StartsWith('-')
            ? text
            : Quoted(text);
}
