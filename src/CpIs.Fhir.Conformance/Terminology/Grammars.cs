using System.Text.RegularExpressions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>Code systems whose codes are made by a grammar.</summary>
internal static partial class Grammars
{
    /// <summary>BCP 47, tags for languages.</summary>
    public const string Languages = "urn:ietf:bcp:47";

    /// <summary>BCP 13, media types.</summary>
    public const string MediaTypes = "urn:ietf:bcp:13";

    private const int LongestCode = 256;

    /// <summary>Whether a text is a code of the system; null for a system without grammar.</summary>
    public static Func<string, bool>? Of(string system) =>
        system switch
        {
            Languages => code => code.Length <= LongestCode && Language().IsMatch(code),
            MediaTypes => code => code.Length <= LongestCode && MediaType().IsMatch(code),
            _ => null,
        };

    /// <summary>A tag that is well-formed (RFC 5646, 2.1); whether its parts are registered is not looked at.</summary>
    [GeneratedRegex(
        """
            ^(?:
              (?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4} | [a-z]{5,8} )
              (?:-[a-z]{4})?
              (?:-(?:[a-z]{2}|[0-9]{3}))?
              (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*
              (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*
              (?:-x(?:-[a-z0-9]{1,8})+)?
              | x(?:-[a-z0-9]{1,8})+
              | en-GB-oed | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
              | sgn-(?:BE-FR|BE-NL|CH-DE)
            )\z
            """,
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.IgnorePatternWhitespace
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex Language();

    /// <summary>
    /// Type and subtype (RFC 6838, 4.2). Parameters are not looked at: the published R4 examples write some with spaces
    /// (<c>application/dicom; variant=DICOM WADO-RS</c>).
    /// </summary>
    [GeneratedRegex(
        """
            ^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9*][a-z0-9!#$&^_.+-]{0,126}(?:[ ]*;.*)?\z
            """,
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.IgnorePatternWhitespace
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex MediaType();
}
