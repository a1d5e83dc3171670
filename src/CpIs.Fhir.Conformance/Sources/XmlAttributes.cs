using System.Numerics;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// Finds a tag with too many attributes before .NET's XmlReader does: it compares the attributes of a tag with each other, so that its
/// time grows with the square of their number. One pass over the text, in bytes of UTF-8 or in characters.
/// </summary>
internal static class XmlAttributes
{
    /// <summary>Where the first tag with more attributes than that begins; -1 where there is none.</summary>
    public static int FindTooMany<T>(ReadOnlySpan<T> xml, int most)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var at = 0; at < xml.Length; at++)
            if (Is(xml, at, "<!--"))
                at = EndOf(xml, at + 4, "-->");
            else if (Is(xml, at, "<![CDATA["))
                at = EndOf(xml, at + 9, "]]>");
            else if (Is(xml, at, "<?"))
                at = EndOf(xml, at + 2, "?>");
            else if (Is(xml, at, "<"))
            {
                var start = at;
                if (!PassTag(xml, ref at, most))
                    return start;
            }

        return -1;
    }

    /// <summary>Goes to the end of a tag; false when it has more attributes than that. Each has one <c>=</c> that is not quoted.</summary>
    private static bool PassTag<T>(ReadOnlySpan<T> xml, ref int at, int most)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (count, quote) = (0, '\0');
        for (at++; at < xml.Length; at++)
        {
            var c = (char)ushort.CreateTruncating(xml[at]);
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'')
                quote = c;
            else if (c == '>')
                break;
            else if (c == '=' && ++count > most)
                return false;
        }

        return true;
    }

    private static int EndOf<T>(ReadOnlySpan<T> xml, int at, string end)
        where T : unmanaged, IBinaryInteger<T>
    {
        while (at < xml.Length && !Is(xml, at, end))
            at++;
        return at + end.Length - 1;
    }

    private static bool Is<T>(ReadOnlySpan<T> xml, int at, string text)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (at + text.Length > xml.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
            if (ushort.CreateTruncating(xml[at + i]) != text[i])
                return false;
        return true;
    }
}
