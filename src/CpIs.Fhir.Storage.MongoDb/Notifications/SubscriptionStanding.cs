using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// Where a Subscription stands, one document each: <c>_id</c>, <c>a</c> authority, <c>takes</c> events or not, <c>sends</c> them (false for an inbox, else not there), <c>most</c> in
/// one notification, <c>last</c> number given, <c>fence</c>, <c>claim</c> (when it was served, as a count), <c>next</c> (when it is tried; the end of
/// time when nothing waits), <c>held</c> (somebody has it) and <c>until</c> (when the lease lapses; then <c>next</c> too, for servers of versions before), how sending stands (<see cref="SendingDocument"/>), <c>taken</c>
/// when its receiver last took anything. <c>behind</c>: it has begun to take events
/// and has not yet been given those that were open already; <c>seenT</c>, <c>seenId</c> say how far that has come.
/// </summary>
/// <param name="Authority">Whose.</param>
/// <param name="Takes">Whether events are numbered and sent.</param>
/// <param name="Most">Most events in one notification.</param>
/// <param name="Sends">Whether they are sent; an authority fetches them from an inbox.</param>
/// <param name="Topic">What it is told of; field <c>p</c> (<see cref="TopicField"/>).</param>
internal sealed record SubscriptionStanding(string Authority, bool Takes, int Most, bool Sends, Topic Topic)
{
    public static SubscriptionStanding Of(StoredResource subscription) =>
        new(
            subscription.Authority.Value,
            subscription.Subscription!.TakesEvents,
            Math.Max(1, subscription.Subscription.MaxCount),
            subscription.Subscription.Channel != ChannelKind.Inbox,
            subscription.Subscription.Topic
        );

    /// <summary>
    /// As a copy brings it, before it is known where it stands. One that takes events is behind: what it has events of already
    /// is told by the occurrences.
    /// </summary>
    public BsonDocument ToDocument(string id)
    {
        var document = new BsonDocument
        {
            { "_id", id },
            { "a", Authority },
            { "takes", Takes },
            { "most", Most },
        };
        TopicField.AddTo(document, Topic);
        document.AddRange(Unused());
        if (!Sends)
            document.Add("sends", false);
        return Takes ? document.Add("behind", true).Add("seenT", EventDocument.Free).Add("seenId", "") : document;
    }

    /// <summary>In the commit of its resource. One that begins to take events again is behind.</summary>
    public async Task SaveAsync(
        Collections collections,
        IClientSessionHandle session,
        string id,
        CancellationToken cancellation
    )
    {
        var known = await collections
            .Subscriptions.Find(session, new BsonDocument("_id", id))
            .FirstOrDefaultAsync(cancellation);
        var set = new BsonDocument
        {
            { "a", Authority },
            { "takes", Takes },
            { "most", Most },
        };
        TopicField.AddTo(set, Topic);
        if (Takes && known?.GetValue("takes", false).AsBoolean != true)
            set.Add("behind", true).Add("seenT", EventDocument.Free).Add("seenId", "");
        if (!Sends)
            set.Add("sends", false);
        var update = new BsonDocument("$set", set);
        if (known is null)
            update.Add("$setOnInsert", Unused());
        await collections.Subscriptions.UpdateOneAsync(
            session,
            new BsonDocument("_id", id),
            update,
            new UpdateOptions { IsUpsert = true },
            cancellation
        );
    }

    private static BsonDocument Unused() =>
        new()
        {
            { "last", 0L },
            { "fence", 0L },
            { "claim", 0L },
            { "next", EventDocument.Never },
        };
}
