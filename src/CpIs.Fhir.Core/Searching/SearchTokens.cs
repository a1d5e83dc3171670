using System.Globalization;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// The forms of search tokens. What is written with a resource and what a query asks for are both made here, so that
/// they cannot differ.
/// </summary>
public static class SearchTokens
{
    /// <summary>Day that stands for "still open" in <c>date:end</c>.</summary>
    internal static readonly DateOnly Open = new(9999, 12, 31);

    /// <summary>The one token of what was deleted, which no search parameter asks for and every search leaves out.</summary>
    public const string Deleted = "_deleted=true";

    /// <summary>The token of a record whose form was overridden on a London day. No search parameter asks for it.</summary>
    public static string OverriddenForm(DateOnly day) => Day("_form-overridden", day);

    /// <summary>
    /// An identifier: <c>system|value</c>. A search without a system is turned into the systems that there are, so that
    /// every identifier costs one token.
    /// </summary>
    public static string Identifier(string parameter, string system, string value) => $"{parameter}={system}|{value}";

    /// <summary>A value that is matched to the letter (status, reference).</summary>
    public static string Exact(string parameter, string value) => $"{parameter}={value}";

    /// <summary>A name, folded (<see cref="Fold"/>), matched from its beginning.</summary>
    public static string Text(string parameter, string value) => $"{parameter}={Fold(value)}";

    /// <summary>
    /// The forms in which a name may have been stored, of which the first is that of today. Earlier, punctuation and blanks
    /// were kept as they were sent. Such a name is found as it was written, and with the other apostrophe or blank,
    /// until an upload that changes the record stores it in today's form.
    /// </summary>
    public static IReadOnlyList<string> TextForms(string parameter, string value)
    {
        var earlier = AccentFolding.Fold(value.Trim());
        return
        [
            .. new[]
            {
                Fold(value),
                earlier,
                Replace(earlier, '\'', ' '),
                Replace(earlier, '\u2019', ' '),
                Replace(earlier, '\'', '\u00a0'),
                Replace(earlier, '\u2019', '\u00a0'),
            }
                .Distinct(StringComparer.Ordinal)
                .Select(form => $"{parameter}={form}"),
        ];
    }

    /// <summary>A day; sorts by time.</summary>
    public static string Day(string parameter, DateOnly day) =>
        $"{parameter}={day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    /// <summary>
    /// Lower case, without accents, punctuation and blanks, so that O'Brien, O’Brien and OBrien are one (R4:
    /// <c>search.html#string</c>). A text of nothing else keeps them.
    /// </summary>
    public static string Fold(string value)
    {
        var folded = AccentFolding.Fold(value.Trim());
        var kept = string.Concat(folded.Where(c => !IsFolded(c)));
        return kept.Length == 0 ? folded : kept;
    }

    private static string Replace(string text, char apostrophe, char blank) =>
        string.Concat(
            text.Select(c =>
                c is '\'' or '\u2018' or '\u2019' or '\u02bc' or '`' or '\u00b4' ? apostrophe
                : char.IsWhiteSpace(c) ? blank
                : c
            )
        );

    private static bool IsFolded(char c) =>
        char.IsPunctuation(c)
        || char.IsWhiteSpace(c)
        || char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.ModifierSymbol
        || c is >= '\u02b9' and <= '\u02bf'; // letters that stand for an apostrophe
}
