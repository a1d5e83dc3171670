using System.Runtime.CompilerServices;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Registrations;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>The sections of a copy that are one collection each, in the order of its ids.</summary>
internal sealed class OutgoingRest(
    IMongoCollection<BsonDocument> collection,
    BsonDocument filter,
    RecordProtection protection
)
{
    public async IAsyncEnumerable<(PortableRecord, string)> ReadAsync(
        string? after,
        Func<BsonDocument, PortableRecord> read,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var wanted = (BsonDocument)filter.Clone();
        if (after is not null)
            wanted.Add("_id", new BsonDocument("$gt", after));
        await foreach (
            var document in WholeCursor.ReadAsync(collection, wanted, new BsonDocument("_id", 1), cancellation)
        )
            yield return (read(document), document["_id"].AsString);
    }

    /// <summary>A ledger that says nothing is none, whether or not there is a document for it.</summary>
    public static BsonDocument UsedLedger() =>
        new(
            "$or",
            new BsonArray
            {
                new BsonDocument("last", new BsonDocument("$gt", 0)),
                new BsonDocument("fence", new BsonDocument("$gt", 0)),
                new BsonDocument("fail", new BsonDocument("$exists", true)),
                new BsonDocument("error", new BsonDocument("$exists", true)),
                new BsonDocument("taken", new BsonDocument("$exists", true)),
            }
        );

    public static PortableRecord Ledger(BsonDocument document) =>
        new PortableLedger(
            document["_id"].AsString,
            OdsCode.Parse(document["a"].AsString),
            document["last"].ToInt64(),
            document["fence"].ToInt64(),
            document["claim"].ToInt64(),
            document["next"].ToUniversalTime() is var next && next < EventDocument.Never ? next : null,
            SendingDocument.Read(document),
            Instant(document, "taken"),
            EpochDocument.ReadGaps(document)
        );

    public PortableRecord Registration(BsonDocument document) =>
        new PortableRegistration(RegistrationDocument.Read(document, protection));

    public PortableRecord Key(BsonDocument document) => new PortableKey(KeyDocument.Read(document, protection));

    public PortableRecord Answer(BsonDocument document)
    {
        var (client, request) = Names(document);
        return new PortableAnswer(AnswerDocument.Read(document, client, request, protection));
    }

    public static PortableRecord OneTimeValue(BsonDocument document)
    {
        var (purpose, value) = Names(document);
        return new PortableOneTimeValue(purpose, value, document["exp"].ToUniversalTime());
    }

    /// <summary>The two names of an id; the first, which the exchange itself gives, holds no line end.</summary>
    private static (string First, string Second) Names(BsonDocument document)
    {
        var id = document["_id"].AsString;
        var end = id.IndexOf('\n', StringComparison.Ordinal);
        return (id[..end], id[(end + 1)..]);
    }

    private static DateTimeOffset? Instant(BsonDocument document, string field) =>
        document.TryGetValue(field, out var time) ? time.ToUniversalTime() : null;
}
