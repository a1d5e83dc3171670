using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Core;

/// <summary>
/// An NHS number that has passed its check: ten digits, the last of which is the modulus-11 check digit
/// (weights 10 to 2 over the first nine; 11 minus the remainder, where 11 is written 0 and 10 does not exist).
/// A value of this type is always valid; numbers enter through <see cref="TryParse"/> at the edge and are never
/// checked twice. Source: NHS Data Dictionary, NHS NUMBER.
/// </summary>
public readonly record struct NhsNumber
{
    private readonly string? _digits;

    private NhsNumber(string digits) => _digits = digits;

    /// <summary>The ten digits, without spaces. Never written to a log, a trace or a metric.</summary>
    public string Digits => _digits ?? throw new InvalidOperationException("An NHS number is made by TryParse.");

    /// <summary>Reads exactly ten ASCII digits with a right check digit; spaces and dashes are refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NhsNumber number)
    {
        number = default;
        if (text is not { Length: 10 })
            return false;
        var sum = 0;
        for (var i = 0; i < 10; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
            if (i < 9)
                sum += (10 - i) * (text[i] - '0');
        }

        if ((11 - sum % 11) % 11 != text[9] - '0')
            return false;
        number = new NhsNumber(text);
        return true;
    }

    /// <summary>Like <see cref="TryParse"/>, for numbers known to be right (stored ones, tests).</summary>
    /// <exception cref="FormatException">The text is not a valid NHS number. The message does not repeat it.</exception>
    public static NhsNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException("Not a valid NHS number.");

    /// <summary>Masked on purpose, so that a number cannot slip into a log by interpolation.</summary>
    public override string ToString() => "NHS number";
}
