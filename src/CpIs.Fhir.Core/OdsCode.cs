using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Core;

/// <summary>
/// A code of the Organisation Data Service that names an authority or a setting: 3 to 12 upper-case letters and
/// digits. A value of this type is always well formed; whether such an organisation is registered here is for the
/// <see cref="Callers.OrganisationDirectory"/> to say.
/// </summary>
public readonly record struct OdsCode : IComparable<OdsCode>
{
    private readonly string? _code;

    private OdsCode(string code) => _code = code;

    /// <summary>The code as it stands in FHIR under <see cref="FhirSystems.OdsOrganisation"/>.</summary>
    public string Value => _code ?? throw new InvalidOperationException("An ODS code is made by TryParse.");

    /// <summary>Reads 3 to 12 upper-case letters and digits; anything else is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OdsCode code)
    {
        code = default;
        if (text is null || text.Length is < 3 or > 12)
            return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c))
                return false;
        code = new OdsCode(text);
        return true;
    }

    /// <summary>Like <see cref="TryParse"/>, for codes known to be right (stored ones, tests).</summary>
    /// <exception cref="FormatException">The text is not a well-formed ODS code.</exception>
    public static OdsCode Parse(string text) =>
        TryParse(text, out var code) ? code : throw new FormatException($"'{text}' is not a well-formed ODS code.");

    /// <inheritdoc />
    public int CompareTo(OdsCode other) => string.CompareOrdinal(_code, other._code);

    /// <inheritdoc />
    public override string ToString() => _code ?? "";

    /// <summary>Ordinal order.</summary>
    public static bool operator <(OdsCode left, OdsCode right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(OdsCode left, OdsCode right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(OdsCode left, OdsCode right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(OdsCode left, OdsCode right) => left.CompareTo(right) >= 0;
}
