using System.Net;
using System.Net.Sockets;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Which addresses a notification may be sent to: those of the public internet. Everything that IANA's special-purpose
/// registries (RFC 6890 and successors) set apart is refused, and so is every IPv6 form that hides an IPv4 address, so
/// that a Subscription cannot make this server knock at doors inside its own network.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // carrier-grade NAT
            "127.0.0.0/8", // loopback
            "169.254.0.0/16", // link-local, cloud metadata
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // AMT
            "192.88.99.0/24", // 6to4 relay
            "192.168.0.0/16", // private
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarking
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, broadcast
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Only global unicast space (2000::/3) is public in IPv6, less what lies here.</summary>
    private static readonly IPNetwork[] NotPublicV6 =
    [
        .. new[]
        {
            "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "2620:4f:8000::/48", // AS112
            "3fff::/20", // documentation
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork[] Private =
    [
        .. new[] { "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7" }.Select(
            IPNetwork.Parse
        ),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>True when a notification may be sent to this address.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !NotPublic.Any(n => n.Contains(address));
        // Scoped, mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), unique local and link-local all lie outside 2000::/3.
        return address.AddressFamily == AddressFamily.InterNetworkV6
            && !address.IsIPv4MappedToIPv6
            && GlobalUnicast.Contains(address)
            && !NotPublicV6.Any(n => n.Contains(address));
    }

    /// <summary>True when a notification may be sent to this address: it is public, or in a private network that the operator has listed.</summary>
    /// <param name="address">The address.</param>
    /// <param name="privateNetworks">See <see cref="NotificationOptions.PrivateNetworks"/>.</param>
    public static bool IsAllowed(IPAddress address, string privateNetworks) =>
        IsPublic(address) || Split(privateNetworks).Any(range => IPNetwork.Parse(range).Contains(address));

    /// <summary>What is wrong with a list of private networks; null when nothing is.</summary>
    public static string? ProblemOf(string privateNetworks)
    {
        foreach (var range in Split(privateNetworks))
            if (
                !IPNetwork.TryParse(range, out var network)
                || !Private.Any(all => all.Contains(network.BaseAddress) && network.PrefixLength >= all.PrefixLength)
            )
                return $"Each must be a range such as 10.202.0.0/16, within {string.Join(", ", Private)}. Sent: '{range}'.";
        return null;
    }

    private static string[] Split(string ranges) =>
        ranges.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True for 127.0.0.0/8 and ::1, which are allowed under <see cref="NotificationOptions.AllowLoopbackHttp"/>.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address);
}
