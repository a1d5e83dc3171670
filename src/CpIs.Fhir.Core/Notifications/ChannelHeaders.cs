using System.Buffers;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The header lines a Subscription may ask for. They can hold a receiver's secret, so a value is kept for sending only
/// and shown as <see cref="Mask"/> to everyone who reads the Subscription.
/// </summary>
public static class ChannelHeaders
{
    /// <summary>What is in place of a value when a Subscription is read. Sent back it keeps the value, for the same receiver.</summary>
    public const string Mask = "***";

    private const int LongestLine = 2_048;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Encoding",
        "Connection",
        "Cookie",
        "Date",
        "Expect",
        "Forwarded",
        "Host",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "Via",
        "X-Request-ID",
    };

    private static readonly string[] OurPrefixes = ["Content-", "Proxy-", "Sec-", "Webhook-", "X-Forwarded-"];

    /// <summary>Name and value of a line that is well formed; the value without surrounding blanks.</summary>
    public static bool TrySplit(string line, out string name, out string value)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        (name, value) = colon > 0 ? (line[..colon], line[(colon + 1)..].Trim(' ', '\t')) : ("", "");
        return name.Length > 0
            && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            && value.Length > 0
            && line.Length <= LongestLine
            && value.All(c => c is '\t' or (>= ' ' and <= '~'));
    }

    /// <summary>The line with its value masked.</summary>
    public static string Masked(string line) => TrySplit(line, out var name, out _) ? $"{name}: {Mask}" : Mask;

    /// <summary>
    /// What was kept and may go to this endpoint: a value that was given for one receiver (scheme, host and port) is never
    /// sent to another.
    /// </summary>
    internal static IReadOnlyList<string> KeptFor(string? endpoint, SubscriptionTerms? before) =>
        before is not null
        && Uri.TryCreate(before.Endpoint, UriKind.Absolute, out var old)
        && Uri.TryCreate(endpoint, UriKind.Absolute, out var now)
        && Uri.Compare(
            old,
            now,
            UriComponents.SchemeAndServer,
            UriFormat.SafeUnescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0
            ? before.Headers
            : [];

    /// <summary>Reads the lines, taking a masked value from what was kept before.</summary>
    internal static List<string> Read(
        IReadOnlyList<string> lines,
        IReadOnlyList<string> before,
        Action<string, string> refuse
    )
    {
        var read = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            var place = $"Subscription.channel.header[{i}]";
            if (!TrySplit(lines[i], out var name, out var value))
                refuse(place, "A header line must be 'Name: value' in visible ASCII, without line breaks.");
            else if (
                Ours.Contains(name) || OurPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase))
            )
                refuse(place, "Only the server sets this header. Leave it out.");
            else if (value != Mask)
                read.Add($"{name}: {value}");
            else if (
                before.FirstOrDefault(b => b.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) is { } kept
            )
                read.Add(kept);
            else
                refuse(
                    place,
                    $"'{Mask}' stands for a value that the server keeps, but it keeps none under this name for this receiver. Send the value."
                );
        }

        return read;
    }
}
