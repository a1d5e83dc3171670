using System.Globalization;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// The forms of search tokens. What is written beside a resource and what a query asks for are both made here, so that
/// they cannot differ.
/// </summary>
public static class SearchTokens
{
    /// <summary>Day that stands for "still open" in <c>date:end</c>.</summary>
    internal static readonly DateOnly Open = new(9999, 12, 31);

    /// <summary>
    /// An identifier: <c>system|value</c>. A search without a system is turned into the systems that there are, so that
    /// every identifier costs one token.
    /// </summary>
    public static string Identifier(string parameter, string system, string value) => $"{parameter}={system}|{value}";

    /// <summary>A value that is matched to the letter (status, reference).</summary>
    public static string Exact(string parameter, string value) => $"{parameter}={value}";

    /// <summary>A name: folded to lower case without accents, matched from its beginning.</summary>
    public static string Text(string parameter, string value) => $"{parameter}={Fold(value)}";

    /// <summary>A day; sorts by time.</summary>
    public static string Day(string parameter, DateOnly day) =>
        $"{parameter}={day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    /// <summary>Lower case, without accents, trimmed.</summary>
    public static string Fold(string value) => AccentFolding.Fold(value.Trim());
}
