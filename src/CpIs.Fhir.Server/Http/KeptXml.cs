using CpIs.Fhir.Conformance.Formats;
using CpIs.Fhir.Core.Records;
using Microsoft.Extensions.Caching.Memory;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// The XML of what was read in XML a moment ago: to make it takes as long as three reads. It counts only while its JSON is what the store
/// holds, so nothing is ever shown from here that a read has not just found.
/// </summary>
internal sealed class KeptXml : IDisposable
{
    private const int MostBytes = 4 * 1_024 * 1_024;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>The version in XML, UTF-8.</summary>
    public ReadOnlyMemory<byte> Of(StoredResource stored)
    {
        var key = (stored.Type, stored.Id, stored.Version);
        if (_kept.TryGetValue(key, out Kept? kept) && kept!.Json.Span.SequenceEqual(stored.Body.Span))
            return kept.Xml;
        var xml = JsonResource.ToXml(stored.Body, isPretty: false);
        _kept.Set(
            key,
            new Kept(stored.Body, xml),
            new MemoryCacheEntryOptions { Size = stored.Body.Length + xml.Length }
        );
        return xml;
    }

    /// <inheritdoc />
    public void Dispose() => _kept.Dispose();

    private sealed record Kept(ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Xml);
}
