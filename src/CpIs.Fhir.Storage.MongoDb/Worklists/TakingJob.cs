using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Worklists;

/// <summary>Marks notices as taken, and what an inbox has of them as delivered; part of a commit.</summary>
internal sealed class TakingJob(Collections collections, NoticesTaken taken)
{
    private readonly string _authority = taken.Authority.Value;
    private readonly DateTime _time = taken.Time.UtcDateTime;

    /// <summary>False when one was taken before, or is none.</summary>
    public async Task<bool> TryWriteAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var found = await collections
            .Occurrences.Find(session, NoticeDocument.Of(taken.Authority, taken.Occurrences))
            .Project(new BsonDocument("d", 0))
            .ToListAsync(cancellation);
        var news = found.Where(o => NoticeDocument.EntryOf(o, "taken", taken.Authority) is null).ToList();
        if (news.Count != taken.Occurrences.Count)
            return false;
        await collections.Occurrences.BulkWriteAsync(session, news.Select(Take), cancellationToken: cancellation);
        await DeliverAsync(session, cancellation);
        return true;
    }

    private UpdateOneModel<BsonDocument> Take(BsonDocument occurrence)
    {
        var isOpen = Holds(occurrence, "open", _authority);
        var push = new BsonDocument("taken", NoticeDocument.Taken(taken.Authority, taken.Time, taken.By));
        if (isOpen)
            push.Add("told", new BsonDocument { { "a", _authority }, { "t", _time } });
        var update = new BsonDocument("$push", push);
        var toDo = TopicField.ToDo(_authority, TopicField.Of(occurrence));
        if (isOpen)
            update.Add("$pull", new BsonDocument { { "open", _authority }, { "todo", toDo } });
        if (isOpen)
            update.Add(
                "$inc",
                new BsonDocument { { "left", -1 }, { "todos", Holds(occurrence, "todo", toDo) ? -1 : 0 } }
            );
        return new UpdateOneModel<BsonDocument>(NumberingJob.ById(occurrence), update);
    }

    private static bool Holds(BsonDocument occurrence, string field, string value) =>
        occurrence.TryGetValue(field, out var values) && values.AsBsonArray.Contains(value);

    private async Task DeliverAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var inboxes = await collections
            .Subscriptions.Find(session, new BsonDocument { { "a", _authority }, { "sends", false } })
            .ToListAsync(cancellation);
        if (inboxes.Count == 0)
            return;
        var live = await collections
            .Events.Find(
                session,
                new BsonDocument
                {
                    { "s", new BsonDocument("$in", new BsonArray(inboxes.Select(inbox => inbox["_id"]))) },
                    { "live", true },
                    { "of.o", new BsonDocument("$in", new BsonArray(taken.Occurrences)) },
                }
            )
            .ToListAsync(cancellation);
        if (live.Count == 0)
            return;
        await collections.Events.UpdateManyAsync(
            session,
            new BsonDocument("_id", new BsonDocument("$in", new BsonArray(live.Select(e => e["_id"])))),
            new BsonDocument
            {
                { "$set", new BsonDocument("told", _time) },
                { "$unset", new BsonDocument("live", "") },
            },
            cancellationToken: cancellation
        );
        await collections.Occurrences.BulkWriteAsync(
            session,
            live.SelectMany(EventDocument.OccurrencesOf)
                .Select(filter => new UpdateOneModel<BsonDocument>(
                    filter,
                    new BsonDocument("$inc", new BsonDocument("busy", -1))
                )),
            cancellationToken: cancellation
        );
    }
}
