using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using CpIs.Fhir.Storage.MongoDb.Registrations;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>Reads a whole database, section by section.</summary>
internal sealed class MongoReading(Collections collections, RecordProtection protection)
{
    /// <summary>Tells the keys of this store from those of another kind.</summary>
    public const string Identity = "mongodb";

    /// <summary>How many records a section has.</summary>
    /// <exception cref="StoreUnavailableException">MongoDB did not answer.</exception>
    public async Task<long> CountAsync(
        TransferSection section,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    )
    {
        if (section == TransferSection.Restores)
            return EpochDocument.Restores(await ReadEpochAsync(cancellation)).LongCount();
        var (collection, filter) = Of(section, unexpiredAt);
        var count = await Calls.ReadOnceAsync(
            () => collection.CountDocumentsAsync(filter, cancellationToken: cancellation),
            cancellation
        );
        // The stamp of the registrations is a record of its own.
        return count + (section == TransferSection.Registrations ? 1 : 0);
    }

    /// <summary>Reads a section.</summary>
    /// <exception cref="StoreUnavailableException">MongoDB did not answer, or holds what cannot be read.</exception>
    public async IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var batch = new TransferBatchBuilder(section);
        var key = after ?? "";
        await foreach (var (record, recordKey) in RecordsAsync(section, after, unexpiredAt, cancellation))
        {
            batch.Add(record);
            key = recordKey;
            if (batch.IsFull)
                yield return batch.Take(key);
        }

        if (!batch.IsEmpty)
            yield return batch.Take(key);
    }

    private IAsyncEnumerable<(PortableRecord, string)> RecordsAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    )
    {
        if (section == TransferSection.Restores)
            return RestoresAsync(after, cancellation);
        var (collection, filter) = Of(section, unexpiredAt);
        var rest = new OutgoingRest(collection, filter, protection);
        return section switch
        {
            TransferSection.Resources => new OutgoingResources(collections, protection).ReadAsync(after, cancellation),
            TransferSection.Occurrences => new OutgoingOccurrences(collections, protection).ReadAsync(
                after,
                cancellation
            ),
            TransferSection.Events => OutgoingEvents.ReadAsync(collections, after, cancellation),
            TransferSection.Ledgers => rest.ReadAsync(after, OutgoingRest.Ledger, cancellation),
            TransferSection.Registrations => RegistrationsAsync(rest, after, cancellation),
            TransferSection.Keys => rest.ReadAsync(after, rest.Key, cancellation),
            TransferSection.Answers => rest.ReadAsync(after, rest.Answer, cancellation),
            TransferSection.OneTimeValues => rest.ReadAsync(after, OutgoingRest.OneTimeValue, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(section)),
        };
    }

    private async IAsyncEnumerable<(PortableRecord, string)> RegistrationsAsync(
        OutgoingRest rest,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (after is null)
        {
            var stamp = await Calls.ReadOnceAsync(
                () =>
                    collections
                        .Meta.Find(new BsonDocument("_id", RegistrationDocument.StampId))
                        .FirstOrDefaultAsync(cancellation),
                cancellation
            );
            yield return (new PortableStamp(stamp?["n"].ToInt64() ?? 0), "");
        }

        await foreach (var read in rest.ReadAsync(after, rest.Registration, cancellation))
            yield return read;
    }

    private async IAsyncEnumerable<(PortableRecord, string)> RestoresAsync(
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var from = after is null ? 0 : long.Parse(after, CultureInfo.InvariantCulture);
        foreach (var (epoch, told) in EpochDocument.Restores(await ReadEpochAsync(cancellation)))
            if (epoch > from)
                yield return (new PortableRestore(epoch, told), epoch.ToString(CultureInfo.InvariantCulture));
    }

    private Task<BsonDocument?> ReadEpochAsync(CancellationToken cancellation) =>
        Calls.ReadOnceAsync(
            async () =>
                (BsonDocument?)await collections.Meta.Find(EpochDocument.ById).FirstOrDefaultAsync(cancellation),
            cancellation
        );

    private (IMongoCollection<BsonDocument> Collection, BsonDocument Filter) Of(
        TransferSection section,
        DateTimeOffset unexpiredAt
    )
    {
        var unexpired = new BsonDocument("exp", new BsonDocument("$gt", unexpiredAt.UtcDateTime));
        return section switch
        {
            TransferSection.Resources => (collections.Resources, []),
            TransferSection.Occurrences => (collections.Occurrences, []),
            TransferSection.Ledgers => (collections.Subscriptions, OutgoingRest.UsedLedger()),
            TransferSection.Events => (collections.Events, []),
            TransferSection.Registrations => (collections.Registrations, []),
            TransferSection.Keys => (collections.Keys, []),
            TransferSection.Answers => (collections.Answers, unexpired),
            TransferSection.OneTimeValues => (collections.Used, unexpired),
            _ => throw new ArgumentOutOfRangeException(nameof(section)),
        };
    }
}
