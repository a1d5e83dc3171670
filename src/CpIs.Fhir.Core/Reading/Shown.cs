namespace CpIs.Fhir.Core.Reading;

/// <summary>A sent value as a sentence may repeat it: short, on one line, and never with an NHS number in it.</summary>
public static class Shown
{
    private const int Longest = 80;

    /// <summary>The value; <c>(not shown)</c> where it holds ten digits and no more in a row, with blanks or hyphens between them or not.</summary>
    public static string Value(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (HoldsTenDigits(text))
            return "(not shown)";
        var end = Math.Min(text.Length, Longest);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        var line = string.Create(
            end,
            text,
            static (into, from) =>
            {
                for (var i = 0; i < into.Length; i++)
                    into[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        );
        return end < text.Length ? line + "..." : line;
    }

    private static bool HoldsTenDigits(string text)
    {
        var digits = 0;
        foreach (var c in text)
            if (char.IsDigit(c))
                digits++;
            else if (!char.IsWhiteSpace(c) && c != '-')
            {
                if (digits == 10)
                    return true;
                digits = 0;
            }

        return digits == 10;
    }
}
