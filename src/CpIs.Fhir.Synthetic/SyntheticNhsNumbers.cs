using System.Globalization;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Synthetic;

/// <summary>
/// NHS numbers of nobody: the range that begins with 999 is kept for tests. It holds 909,091 numbers with a right check
/// digit; every number made here is one of them.
/// </summary>
public static class SyntheticNhsNumbers
{
    private const int Stems = 1_000_000;

    /// <summary>Endless: numbers in order from a stem, beginning again after the last.</summary>
    /// <param name="stem">The six digits after 999, 0 to 999,999; larger values wrap.</param>
    public static IEnumerable<NhsNumber> From(int stem)
    {
        for (var i = stem % Stems; ; i = (i + 1) % Stems)
            if (OfStem(i) is { } number)
                yield return number;
    }

    /// <summary>The number of one stem, or null where its check digit would be 10.</summary>
    public static NhsNumber? OfStem(int stem)
    {
        var nine = "999" + stem.ToString("D6", CultureInfo.InvariantCulture);
        var sum = 0;
        for (var i = 0; i < 9; i++)
            sum += (10 - i) * (nine[i] - '0');
        var check = (11 - sum % 11) % 11;
        return check == 10 ? null : NhsNumber.Parse(nine + (char)('0' + check));
    }
}
