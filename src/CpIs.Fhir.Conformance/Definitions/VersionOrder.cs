using System.Globalization;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Which of two business versions is newer: part by part, numbers as numbers, a pre-release before its release (semver.org).</summary>
internal static class VersionOrder
{
    public static IComparer<string?> Comparer { get; } = Comparer<string?>.Create(Compare);

    /// <summary>Whether a version is the wanted one or one of its revisions: <c>4.0.1</c> is within <c>4.0</c>.</summary>
    public static bool IsWithin(string? version, ReadOnlySpan<char> wanted) =>
        version is not null
        && version.AsSpan().StartsWith(wanted, StringComparison.Ordinal)
        && (version.Length == wanted.Length || version[wanted.Length] == '.');

    public static int Compare(string? one, string? other)
    {
        if (one is null || other is null)
            return (one is null ? 0 : 1) - (other is null ? 0 : 1);
        var (own, its) = (Release(one), Release(other));
        for (var at = 0; at < Math.Max(own.Length, its.Length); at++)
        {
            var order = ComparePart(at < own.Length ? own[at] : "0", at < its.Length ? its[at] : "0");
            if (order != 0)
                return order;
        }

        var (isPre, isOtherPre) = (one.Contains('-'), other.Contains('-'));
        return isPre != isOtherPre ? (isPre ? -1 : 1) : string.CompareOrdinal(one, other);
    }

    private static string[] Release(string version) => version.Split('-', '+')[0].Split('.');

    private static int ComparePart(string one, string other) =>
        long.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out var against)
            ? number.CompareTo(against)
            : string.CompareOrdinal(one, other);
}
