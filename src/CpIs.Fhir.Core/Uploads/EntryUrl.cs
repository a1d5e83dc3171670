using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// A URL below the FHIR base as entries and references write it: <c>Patient/id</c>, or <c>Patient?identifier=system|value</c>.
/// </summary>
/// <param name="Type">The resource type.</param>
/// <param name="Id">The id, or null.</param>
/// <param name="System">System of the identifier, or null.</param>
/// <param name="Value">Value of the identifier, or null.</param>
internal readonly record struct EntryUrl(RecordType Type, string? Id, string? System, string? Value)
{
    /// <summary>Null when it is neither of the two forms, for one of the three types.</summary>
    public static EntryUrl? Parse(string url)
    {
        var question = url.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
            return TypeOf(url.AsSpan(0, question)) is { } searched && Identifier(url[(question + 1)..]) is var (s, v)
                ? new EntryUrl(searched, null, s, v)
                : null;
        var slash = url.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && TypeOf(url.AsSpan(0, slash)) is { } type && IsId(url.AsSpan(slash + 1))
            ? new EntryUrl(type, url[(slash + 1)..], null, null)
            : null;
    }

    /// <summary>
    /// As a reference in a resource may write it, which is also as our own answers do: absolute under our own base (the
    /// <c>fullUrl</c> of a search), and with a version (the <c>location</c> of an acknowledgement), which names the record all
    /// the same.
    /// </summary>
    /// <param name="reference">The reference.</param>
    /// <param name="fhirBase">Our base without trailing slash, or null.</param>
    public static EntryUrl? ParseReference(string reference, string? fhirBase)
    {
        var url =
            fhirBase is not null
            && reference.StartsWith(fhirBase, StringComparison.Ordinal)
            && reference.AsSpan(fhirBase.Length).StartsWith("/")
                ? reference[(fhirBase.Length + 1)..]
                : reference;
        const string history = "/_history/";
        var version = url.IndexOf(history, StringComparison.Ordinal);
        return version < 0 ? Parse(url)
            : url.Contains('?', StringComparison.Ordinal) ? null
            : IsId(url.AsSpan(version + history.Length)) ? Parse(url[..version])
            : null;
    }

    /// <summary>The type of a name that an upload may hold, or null.</summary>
    public static RecordType? TypeOf(ReadOnlySpan<char> name) =>
        name switch
        {
            "Patient" => RecordType.Patient,
            "EpisodeOfCare" => RecordType.EpisodeOfCare,
            "Flag" => RecordType.Flag,
            _ => null,
        };

    /// <summary>System and value of a query that is <c>identifier=system|value</c> and nothing else, or null.</summary>
    public static (string System, string Value)? Identifier(string query)
    {
        const string name = "identifier=";
        if (!query.StartsWith(name, StringComparison.Ordinal) || query.Contains('&', StringComparison.Ordinal))
            return null;
        var decoded = Uri.UnescapeDataString(query[name.Length..]);
        var bar = decoded.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && bar < decoded.Length - 1 && decoded.AsSpan(bar + 1).IndexOfAny('|', ',') < 0
            ? (decoded[..bar], decoded[(bar + 1)..])
            : null;
    }

    private static bool IsId(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > 64)
            return false;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
                return false;
        return true;
    }
}
