namespace CpIs.Fhir.Core.Reading;

/// <summary>How far two words are from each other, for hints.</summary>
public static class Spelling
{
    private const int Longest = 120;
    private const int MostNames = 2_000;

    /// <summary>The name that was probably meant: the nearest, where no more than a quarter of its letters are wrong; null for none.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="names">What could have been; at most 2,000 are looked at.</param>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(names);
        string? best = null;
        var least = Math.Max(1, written.Length / 4) + 1;
        foreach (var name in names.Take(MostNames))
            if (Distance(written, name, least - 1) is var distance && distance < least)
                (best, least) = (name, distance);
        return best;
    }

    /// <summary>
    /// Letters to add, drop or change (Levenshtein), whatever their case; <see cref="int.MaxValue"/> where the lengths alone differ by more
    /// than <paramref name="most"/>, and for words too long to be names.
    /// </summary>
    public static int Distance(string one, string other, int most)
    {
        if (Math.Abs(one.Length - other.Length) > most || one.Length > Longest)
            return int.MaxValue;
        var row = new int[other.Length + 1];
        for (var at = 0; at <= other.Length; at++)
            row[at] = at;
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                var cost = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + cost);
                corner = above;
            }
        }

        return row[other.Length];
    }
}
