using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Epochs;

/// <summary>
/// What a database knows of restores: the document <c>restores</c> of the collection <c>meta</c> (<c>times</c>, when it was told, by epoch;
/// <c>unopened</c> until a server opens it), and <c>gaps</c> of a Subscription. Servers of versions before leave all of it as it is.
/// </summary>
internal static class EpochDocument
{
    public static readonly BsonDocument ById = new("_id", "restores");

    /// <summary>The restores that a document tells of, oldest first; null for no document.</summary>
    public static IEnumerable<(long Epoch, DateTimeOffset Told)> Restores(BsonDocument? document) =>
        document is null
            ? []
            : document["times"]
                .AsBsonDocument.Select(time =>
                    (long.Parse(time.Name, CultureInfo.InvariantCulture), (DateTimeOffset)time.Value.ToUniversalTime())
                )
                .OrderBy(restore => restore.Item1);

    /// <summary>Puts one more restore into the document; a second time it changes nothing.</summary>
    public static BsonDocument ToUpdate(long epoch, DateTimeOffset told) =>
        new("$set", new BsonDocument(FormattableString.Invariant($"times.{epoch}"), told.UtcDateTime));

    public static IReadOnlyList<NumberingGap> ReadGaps(BsonDocument subscription) =>
        NumberingGap.Read(subscription.TryGetValue("gaps", out var gaps) ? gaps.AsString : null);

    /// <param name="collections">Where.</param>
    /// <param name="session">The transaction that goes on to write.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static async Task<StoreEpoch> ReadAsync(
        Collections collections,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var document = await collections.Meta.Find(session, ById).FirstOrDefaultAsync(cancellation);
        var subscriptions = await collections.Subscriptions.Find(session, new BsonDocument()).ToListAsync(cancellation);
        return new StoreEpoch(
            Restores(document).Select(restore => restore.Epoch).LastOrDefault(),
            document?.GetValue("unopened", false).AsBoolean ?? false,
            [
                .. subscriptions.Select(s => new NumberedSubscription(
                    s["_id"].AsString,
                    OdsCode.Parse(s["a"].AsString),
                    s["last"].ToInt64(),
                    ReadGaps(s)
                )),
            ]
        );
    }

    /// <summary>Writes what was decided, in the transaction in which it was read.</summary>
    public static async Task WriteAsync(
        Collections collections,
        IClientSessionHandle session,
        StoreEpoch before,
        RestoreOutcome outcome,
        RestoreTerms terms,
        CancellationToken cancellation
    )
    {
        var restore = ToUpdate(outcome.Epoch, terms.Now);
        restore["$set"].AsBsonDocument.Add("unopened", true);
        await collections.Meta.UpdateOneAsync(
            session,
            ById,
            restore,
            new UpdateOptions { IsUpsert = true },
            cancellation
        );
        if (outcome.Subscriptions.Count == 0)
            return;
        var gaps = before.Subscriptions.ToDictionary(s => s.Id, s => s.Gaps, StringComparer.Ordinal);
        await collections.Subscriptions.BulkWriteAsync(
            session,
            outcome.Subscriptions.SelectMany(jump => ToWrites(jump, gaps[jump.SubscriptionId], terms)),
            cancellationToken: cancellation
        );
    }

    /// <summary>A server opens the database: what is numbered from here on is not known to the next restore.</summary>
    public static Task NoteOpenedAsync(Collections collections, CancellationToken cancellation) =>
        collections.Meta.UpdateOneAsync(
            new BsonDocument(ById) { { "unopened", true } },
            new BsonDocument("$unset", new BsonDocument("unopened", "")),
            cancellationToken: cancellation
        );

    private static IEnumerable<UpdateOneModel<BsonDocument>> ToWrites(
        NumberingJump jump,
        IReadOnlyList<NumberingGap> gaps,
        RestoreTerms terms
    )
    {
        var set = new BsonDocument { { "last", jump.Gap.Last }, { "gaps", NumberingGap.Write([.. gaps, jump.Gap]) } };
        // The fence jumps too: no claim of before the restore ends one of after it.
        yield return new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", jump.SubscriptionId),
            new BsonDocument { { "$set", set }, { "$inc", new BsonDocument("fence", terms.Jump) } }
        );
        yield return new UpdateOneModel<BsonDocument>(
            new BsonDocument { { "_id", jump.SubscriptionId }, { "held", true } },
            new BsonDocument("$set", new BsonDocument { { "held", false }, { "next", EventDocument.Free } })
        );
    }
}
