namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// What a failed attempt met, as one line <c>code: words</c> whose code is one of HL7's subscription errors. It is kept in
/// the ledger and shown to the Subscription's owner, so it holds nothing of what the receiver answered but its status.
/// </summary>
public static class DeliveryError
{
    private const string ReturnedStart = "error-response: returned, ";

    /// <summary>Nobody answered: refused, timed out, broken off, TLS.</summary>
    public static string NoResponse(string words) => $"no-response: {words}";

    /// <summary>Somebody answered, and it was no 2xx.</summary>
    public static string ErrorResponse(string words) => $"error-response: {words}";

    /// <summary>The host's name led nowhere, or where nothing may be sent.</summary>
    public static string DnsResolution(string words) => $"dns-resolution-error: {words}";

    /// <summary>The transport had accepted the message, and has returned it.</summary>
    public static string Returned(string words) => $"{ReturnedStart}{words}";

    /// <summary>True for what <see cref="Returned"/> makes.</summary>
    internal static bool IsReturned(string? line) => line?.StartsWith(ReturnedStart, StringComparison.Ordinal) == true;

    /// <summary>The code of a line; <c>no-response</c> when it has none of HL7's.</summary>
    public static string CodeOf(string line)
    {
        var code = line.Split(':', 2)[0];
        return code is "error-response" or "dns-resolution-error" ? code : "no-response";
    }
}
