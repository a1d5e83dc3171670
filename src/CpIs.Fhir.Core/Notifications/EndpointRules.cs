using System.Net;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Where a Subscription may point: an absolute https URL on the public internet, without credentials. What its host
/// resolves to is checked again at every connection, because names change.
/// </summary>
internal static class EndpointRules
{
    private const int MaximumLength = 2_048;

    private static readonly string[] InsideNames = [".localhost", ".local", ".internal", ".home.arpa"];

    /// <summary>Why the endpoint is refused, or null.</summary>
    public static string? Check(string? text, OdsCode authority, NotificationOptions options)
    {
        if (string.IsNullOrEmpty(text))
            return "An endpoint is required: the URL to post notifications to.";
        if (
            text.Length > MaximumLength
            || text.Any(c => c <= ' ' || c > '~')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic
        )
            return $"The endpoint must be an absolute URL of at most {MaximumLength} visible ASCII characters.";
        if (url.UserInfo.Length > 0)
            return "The endpoint must not hold a user name or password.";
        if (url.Fragment.Length > 0 || text.EndsWith('#'))
            return "The endpoint must not have a fragment.";
        if (HoldsNhsNumber(text))
            return "The endpoint must not hold an NHS number.";
        if (
            options.AllowedHosts.TryGetValue(authority.Value, out var hosts)
            && !hosts.Split(',', StringSplitOptions.TrimEntries).Contains(url.Host, StringComparer.OrdinalIgnoreCase)
        )
            return "The endpoint's host is not one that this authority has agreed with the operator.";
        if (options.AllowLoopbackHttp && url.IsLoopback && url.Scheme is "http" or "https")
            return null;
        if (url.Scheme != Uri.UriSchemeHttps)
            return "The endpoint must be https.";
        if (options.RequirePort443 && url.Port != 443)
            return "The endpoint must be on port 443.";
        return url.IsLoopback || IsInside(url, options.PrivateNetworks)
            ? "The endpoint must be on the public internet, not on a private, loopback or reserved address."
            : null;
    }

    /// <summary>True when the host is a literal of a reserved address. Uri has already read 0x7f.1 and 2130706433 as 127.0.0.1.</summary>
    private static bool IsInside(Uri url, string privateNetworks) =>
        IPAddress.TryParse(url.DnsSafeHost, out var address)
            ? !PublicAddress.IsAllowed(address, privateNetworks)
            : !url.Host.TrimEnd('.').Contains('.')
                || InsideNames.Any(s => url.Host.TrimEnd('.').EndsWith(s, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsNhsNumber(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var end = i;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (end - i == 10 && NhsNumber.TryParse(text[i..end], out _))
                return true;
            i = end;
        }

        return false;
    }
}
