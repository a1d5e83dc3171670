using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Registrations;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>Ledgers, registrations, keys, answers and one-time values of a copy as documents.</summary>
internal sealed class IncomingRest(Collections collections, BulkInsert bulk, RecordProtection protection)
{
    public async Task WriteAsync(IReadOnlyList<PortableRecord> records, CancellationToken cancellation)
    {
        await bulk.WriteAsync(collections.Subscriptions, records.OfType<PortableLedger>().Select(Of), cancellation);
        await bulk.WriteAsync(
            collections.Registrations,
            records
                .OfType<PortableRegistration>()
                .Select(record => RegistrationDocument.ToReplacement(record.Registration, protection)),
            cancellation
        );
        await bulk.WriteAsync(collections.Meta, records.OfType<PortableStamp>().Select(Of), cancellation);
        await bulk.WriteAsync(collections.Meta, records.OfType<PortableRestore>().Select(Of), cancellation);
        await bulk.InsertAsync(
            collections.Keys,
            records.OfType<PortableKey>().Select(record => KeyDocument.Write(record.Key, protection)),
            cancellation
        );
        await bulk.InsertAsync(
            collections.Answers,
            records.OfType<PortableAnswer>().Select(record => AnswerDocument.Write(record.Answer, protection)),
            cancellation
        );
        await bulk.InsertAsync(collections.Used, records.OfType<PortableOneTimeValue>().Select(Of), cancellation);
    }

    private static UpdateOneModel<BsonDocument> Of(PortableLedger ledger)
    {
        var set = new BsonDocument
        {
            { "last", ledger.LastNumber },
            { "fence", ledger.Fence },
            { "claim", ledger.Turn },
            { "next", ledger.Next?.UtcDateTime ?? EventDocument.Never },
        };
        set.AddRange(SendingDocument.Of(ledger.State));
        if (ledger.LastTaken is { } taken)
            set.Add("taken", taken.UtcDateTime);
        if (NumberingGap.Write(ledger.Gaps ?? []) is { } gaps)
            set.Add("gaps", gaps);
        // Where the resource of the Subscription is gone, nothing is numbered or sent any more.
        var unused = new BsonDocument
        {
            { "a", ledger.Authority.Value },
            { "takes", false },
            { "most", 1 },
        };
        return new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", ledger.SubscriptionId),
            new BsonDocument { { "$set", set }, { "$setOnInsert", unused } }
        )
        {
            IsUpsert = true,
        };
    }

    private static UpdateOneModel<BsonDocument> Of(PortableStamp stamp) =>
        new(
            new BsonDocument("_id", RegistrationDocument.StampId),
            new BsonDocument("$set", new BsonDocument("n", stamp.Stamp))
        )
        {
            IsUpsert = true,
        };

    private static UpdateOneModel<BsonDocument> Of(PortableRestore restore) =>
        new(EpochDocument.ById, EpochDocument.ToUpdate(restore.Epoch, restore.Told)) { IsUpsert = true };

    private static BsonDocument Of(PortableOneTimeValue used) =>
        new()
        {
            { "_id", $"{used.Purpose}\n{used.Value}" },
            { "exp", used.Expires.UtcDateTime },
            { "by", "copy" },
        };
}
