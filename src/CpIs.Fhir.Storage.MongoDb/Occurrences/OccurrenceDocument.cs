using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Occurrences;

/// <summary>
/// An occurrence with its obligations as one document. What happened never changes: <c>_id</c>, <c>y</c> kind, <c>t</c> time,
/// <c>c</c> child, <c>w</c> authorities that may read it (before schema 2 <c>a</c>, with more of them), <c>h</c> where look-ups
/// read it, <c>d</c> all of it. What has become of its obligations does: <c>open</c> and <c>left</c> (authorities that have not been notified, and how many),
/// <c>p</c> their topic (<see cref="TopicField"/>), <c>todo</c> and <c>todos</c> (whose events have no number yet), <c>num</c> (Subscriptions that have an event of it),
/// <c>busy</c> (events that name it and are not delivered), <c>told</c> (who was notified when), <c>taken</c> (who acknowledged it when); <c>g</c> is the
/// setting that events are joined by. A miss has none of these, and is in none of their indexes.
/// </summary>
internal static class OccurrenceDocument
{
    public static BsonDocument Write(Occurrence occurrence, RecordProtection protection)
    {
        var document = new BsonDocument
        {
            { "_id", occurrence.Id },
            { "y", (int)occurrence.Kind },
            { "t", occurrence.Time.UtcDateTime },
        };
        if (occurrence.Child is { } child)
            document.Add("c", protection.ChildKey(child));
        if (occurrence.Concerns.Any())
            document.Add("w", new BsonArray(occurrence.Concerns.Select(authority => authority.Value)));
        if (occurrence.IsReadByLookUps)
            document.Add("h", true);
        if (occurrence.Obligations.Count > 0)
            AddObligations(document, occurrence);
        return document.Add("d", new BsonBinaryData(protection.Seal(occurrence).ToArray()));
    }

    public static Occurrence Read(BsonDocument document, RecordProtection protection) =>
        protection.OpenOccurrence(document["_id"].AsString, document["d"].AsByteArray);

    private static void AddObligations(BsonDocument document, Occurrence occurrence)
    {
        var topic =
            occurrence.Topic
            ?? throw new InvalidOperationException($"Nobody is told of an occurrence of {occurrence.Kind}.");
        var told = occurrence.Obligations.Select(o => o.Authority.Value).Distinct().ToList();
        document.Add("open", new BsonArray(told)).Add("left", told.Count);
        document.Add("todo", new BsonArray(told.Select(authority => TopicField.ToDo(authority, topic))));
        document.Add("todos", told.Count).Add("g", occurrence.Organisation.Value);
        TopicField.AddTo(document, topic);
    }
}
