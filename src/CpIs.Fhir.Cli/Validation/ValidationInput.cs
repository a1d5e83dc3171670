namespace CpIs.Fhir.Cli.Validation;

/// <summary>One text to validate.</summary>
/// <param name="Name">As the user reads it: a path, <c>-</c>, or one of these with the line of a record (<c>file.ndjson:17</c>).</param>
/// <param name="File">The file that it is in.</param>
/// <param name="FirstLine">The line of that file on which it begins, from 1.</param>
/// <param name="Text">Its bytes; at most the limit of the validator and one more.</param>
internal sealed record ValidationInput(string Name, string File, int FirstLine, ReadOnlyMemory<byte> Text)
{
    /// <summary>True when it is one record of many in its file.</summary>
    public bool IsRecord => !ReferenceEquals(Name, File);
}
