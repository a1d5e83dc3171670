using CpIs.Fhir.Core.Topics;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Occurrences;

/// <summary>
/// The topic of an occurrence's obligations and of a Subscription: field <c>p</c>, its number, which is absent for the first, so that what was written
/// before there were others has it.
/// </summary>
internal static class TopicField
{
    private const string Name = "p";

    /// <summary>Obligations that are owed to the authority, rather than kept for a Subscription that asks for information.</summary>
    public static BsonElement Owed { get; } =
        new(
            Name,
            new BsonDocument(
                "$nin",
                new BsonArray(TopicTable.All.Where(row => !row.TellsOfChild).Select(row => (int)row.Topic))
            )
        );

    /// <summary>A value, in an aggregation, for those that a MESH mailbox cannot tell of; null for others.</summary>
    public static BsonDocument OutsideMesh(string value) =>
        new(
            "$cond",
            new BsonArray
            {
                new BsonDocument(
                    "$in",
                    new BsonArray
                    {
                        "$" + Name,
                        new BsonArray(TopicTable.All.Where(row => !row.InMesh).Select(row => (int)row.Topic)),
                    }
                ),
                value,
                BsonNull.Value,
            }
        );

    /// <summary>The condition that something is of a topic.</summary>
    public static BsonElement Is(Topic topic) => new(Name, Value(topic) ?? BsonNull.Value);

    /// <summary>Adds it to what is written.</summary>
    public static BsonDocument AddTo(BsonDocument document, Topic topic) =>
        Value(topic) is { } value ? document.Add(Name, value) : document;

    /// <summary>The topic of what was written.</summary>
    public static Topic Of(BsonDocument document) => (Topic)document.GetValue(Name, 0).ToInt32();

    /// <summary>
    /// An authority as <c>todo</c> names it: with the topic, so that its open obligations on a topic that nobody subscribes to are passed over.
    /// </summary>
    public static string ToDo(string authority, Topic topic) =>
        topic == default ? authority : $"{authority}/{topic.Row().Code}";

    private static BsonValue? Value(Topic topic) => topic == default ? null : (BsonValue)(int)topic;
}
