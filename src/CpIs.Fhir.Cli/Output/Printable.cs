namespace CpIs.Fhir.Cli.Output;

/// <summary>
/// Text from elsewhere as it may go to a terminal: without control characters, so that no name and no diagnostic can move
/// the cursor, recolour or rename the window.
/// </summary>
internal static class Printable
{
    /// <summary>The text with each control character as <c>?</c>, and line ends as blanks.</summary>
    public static string Of(string? text) =>
        string.IsNullOrEmpty(text) ? ""
        : text.Any(char.IsControl)
            ? string.Create(
                text.Length,
                text,
                static (target, source) =>
                {
                    for (var i = 0; i < source.Length; i++)
                        target[i] =
                            source[i] is '\r' or '\n' or '\t' ? ' '
                            : char.IsControl(source[i]) ? '?'
                            : source[i];
                }
            )
        : text;
}
