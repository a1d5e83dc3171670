namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What references within an upload lead to (R4, bundle.html#references): a fullUrl, compared without case where it is a UUID (RFC 9562),
/// or, for a relative reference, the base of the fullUrl of the entry that holds it.
/// </summary>
internal sealed class SentTargets
{
    private const string Uuid = "urn:uuid:";
    private readonly Dictionary<string, SentEntry> _byUrl = new(StringComparer.Ordinal);

    public SentTargets(IEnumerable<SentEntry> entries)
    {
        foreach (var entry in entries)
            if (entry.FullUrl?.Value is { } url)
                _byUrl.TryAdd(Normal(url), entry);
    }

    /// <summary>A URL in the form in which two are compared.</summary>
    public static string Normal(string url) => IsUuid(url) ? url.ToLowerInvariant() : url;

    /// <summary>True for what can be nowhere but in the Bundle itself.</summary>
    public static bool IsUuid(string url) => url.StartsWith(Uuid, StringComparison.OrdinalIgnoreCase);

    /// <summary>The entry that a reference leads to; null when it is not in the Bundle.</summary>
    public SentEntry? Find(SentEntry from, string reference)
    {
        if (_byUrl.TryGetValue(Normal(reference), out var found))
            return found;
        if (
            reference.Contains(':', StringComparison.Ordinal)
            || reference.Contains('?', StringComparison.Ordinal)
            || from.FullUrl?.Value is not { } own
            || !own.StartsWith("http", StringComparison.Ordinal)
        )
            return null;
        // All before type and id of the entry's own URL.
        var slash = own.LastIndexOf('/', Math.Max(0, own.LastIndexOf('/') - 1));
        return slash < 0 ? null : _byUrl.GetValueOrDefault(own[..(slash + 1)] + reference);
    }
}
