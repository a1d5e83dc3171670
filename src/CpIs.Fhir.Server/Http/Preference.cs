namespace CpIs.Fhir.Server.Http;

/// <summary>What a caller wants back of a write (header <c>Prefer: return=</c>; RFC 7240, R4 http.html#ops).</summary>
internal enum Preference
{
    /// <summary>The resource as it is held now; also where nothing is said.</summary>
    Representation,

    /// <summary>The headers alone.</summary>
    Minimal,

    /// <summary>An OperationOutcome: what the sender should know of what was taken.</summary>
    OperationOutcome,
}

/// <summary>Reads <c>Prefer</c>.</summary>
internal static class Preferences
{
    /// <summary>The first <c>return</c> that is known. A preference is a wish: what is not known is passed over (RFC 7240, 2).</summary>
    public static Preference Return(this HttpRequest request)
    {
        foreach (var wish in request.Headers.GetCommaSeparatedValues("Prefer"))
            switch (
                wish.Split(';', 2)[0]
                    .Replace(" ", "", StringComparison.Ordinal)
                    .Replace("\"", "", StringComparison.Ordinal)
            )
            {
                case "return=representation":
                    return Preference.Representation;
                case "return=minimal":
                    return Preference.Minimal;
                case "return=OperationOutcome":
                    return Preference.OperationOutcome;
            }

        return Preference.Representation;
    }
}
