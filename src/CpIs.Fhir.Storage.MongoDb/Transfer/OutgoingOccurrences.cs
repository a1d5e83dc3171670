using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.MongoDb.Worklists;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>Occurrences for a copy, oldest first, which is the order in which their obligations are numbered.</summary>
internal sealed class OutgoingOccurrences(Collections collections, RecordProtection protection)
{
    public async IAsyncEnumerable<(PortableRecord, string)> ReadAsync(
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var authorities = await ReadAuthoritiesAsync(cancellation);
        var documents = WholeCursor.ReadAsync(
            collections.Occurrences,
            After(after),
            new BsonDocument { { "t", 1 }, { "_id", 1 } },
            cancellation
        );
        await foreach (var document in documents)
            yield return (
                new PortableOccurrence(
                    OccurrenceDocument.Read(document, protection),
                    [.. Obligations(document, authorities)]
                ),
                string.Create(CultureInfo.InvariantCulture, $"{Milliseconds(document["t"])} {document["_id"].AsString}")
            );
    }

    private async Task<Dictionary<string, string>> ReadAuthoritiesAsync(CancellationToken cancellation)
    {
        var authorities = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (
            var standing in WholeCursor.ReadAsync(
                collections.Subscriptions,
                [],
                new BsonDocument("_id", 1),
                cancellation,
                new BsonDocument("a", 1)
            )
        )
            authorities[standing["_id"].AsString] = standing["a"].AsString;
        return authorities;
    }

    private static IEnumerable<PortableObligation> Obligations(
        BsonDocument document,
        Dictionary<string, string> authorities
    )
    {
        foreach (var told in Values(document, "told").Cast<BsonDocument>())
        {
            var authority = OdsCode.Parse(told["a"].AsString);
            var taken = NoticeDocument.EntryOf(document, "taken", authority);
            yield return new PortableObligation(
                authority,
                told["t"].ToUniversalTime(),
                [],
                taken?["t"].ToUniversalTime(),
                taken?["by"].AsString
            );
        }

        foreach (var open in Values(document, "open").Select(authority => authority.AsString))
            yield return new PortableObligation(
                OdsCode.Parse(open),
                null,
                [
                    .. Values(document, "num")
                        .Select(subscription => subscription.AsString)
                        .Where(subscription => authorities.GetValueOrDefault(subscription) == open),
                ]
            );
    }

    private static BsonArray Values(BsonDocument document, string field) =>
        document.TryGetValue(field, out var values) ? values.AsBsonArray : [];

    private static BsonDocument After(string? key)
    {
        if (key is null)
            return [];
        var end = key.IndexOf(' ', StringComparison.Ordinal);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(key[..end], CultureInfo.InvariantCulture));
        var id = key[(end + 1)..];
        return SearchFilter.Behind("t", new PagePosition(time, id), id, ascending: true);
    }

    private static long Milliseconds(BsonValue time) =>
        new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds();
}
