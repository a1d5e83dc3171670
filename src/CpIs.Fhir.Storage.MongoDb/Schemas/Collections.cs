using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>The collections of one database. What is in a document of each is said where it is written.</summary>
internal sealed class Collections(IMongoDatabase database)
{
    /// <summary>Every name, in the order in which they are made.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "meta",
        "resources",
        "versions",
        "claims",
        "owners",
        "occurrences",
        "events",
        "subscriptions",
        "registrations",
        "keys",
        "answers",
        "commits",
        "used",
        "leases",
        "uses",
        "attempts",
        "dailyfiles",
        "dailyslices",
        "dailyresults",
    ];

    /// <summary>The database itself.</summary>
    public IMongoDatabase Database => database;

    /// <summary>Schema version, protection, stamp of the registrations, the write of the health check.</summary>
    public IMongoCollection<BsonDocument> Meta { get; } = Of(database, "meta");

    /// <summary>Current versions of resources.</summary>
    public IMongoCollection<BsonDocument> Resources { get; } = Of(database, "resources");

    /// <summary>Versions that are no longer current.</summary>
    public IMongoCollection<BsonDocument> Versions { get; } = Of(database, "versions");

    /// <summary>
    /// Identities that are taken. Their uniqueness holds over all shards because it is the <c>_id</c>, and that is the shard key.
    /// </summary>
    public IMongoCollection<BsonDocument> Claims { get; } = Of(database, "claims");

    /// <summary>Who owns resources of which type: some hundreds, for searches over all owners.</summary>
    public IMongoCollection<BsonDocument> Owners { get; } = Of(database, "owners");

    /// <summary>Occurrences with their obligations.</summary>
    public IMongoCollection<BsonDocument> Occurrences { get; } = Of(database, "occurrences");

    /// <summary>Numbered events of Subscriptions.</summary>
    public IMongoCollection<BsonDocument> Events { get; } = Of(database, "events");

    /// <summary>Where each Subscription stands.</summary>
    public IMongoCollection<BsonDocument> Subscriptions { get; } = Of(database, "subscriptions");

    /// <summary>Organisations and clients.</summary>
    public IMongoCollection<BsonDocument> Registrations { get; } = Of(database, "registrations");

    /// <summary>Signing keys.</summary>
    public IMongoCollection<BsonDocument> Keys { get; } = Of(database, "keys");

    /// <summary>Answers kept for repeats of the same request.</summary>
    public IMongoCollection<BsonDocument> Answers { get; } = Of(database, "answers");

    /// <summary>Commits that came to be, by their own id: what an unknown outcome is found out from.</summary>
    public IMongoCollection<BsonDocument> Commits { get; } = Of(database, "commits");

    /// <summary>One-time values that were used.</summary>
    public IMongoCollection<BsonDocument> Used { get; } = Of(database, "used");

    /// <summary>Who does what for all.</summary>
    public IMongoCollection<BsonDocument> Leases { get; } = Of(database, "leases");

    /// <summary>What servers have granted, told to each other.</summary>
    public IMongoCollection<BsonDocument> Uses { get; } = Of(database, "uses");

    /// <summary>What was tried to send, and what came of it.</summary>
    public IMongoCollection<BsonDocument> Attempts { get; } = Of(database, "attempts");

    /// <summary>Daily files.</summary>
    public IMongoCollection<BsonDocument> DailyFiles { get; } = Of(database, "dailyfiles");

    /// <summary>Records of daily files that wait to be worked on.</summary>
    public IMongoCollection<BsonDocument> DailySlices { get; } = Of(database, "dailyslices");

    /// <summary>What became of each record of a daily file.</summary>
    public IMongoCollection<BsonDocument> DailyResults { get; } = Of(database, "dailyresults");

    private static IMongoCollection<BsonDocument> Of(IMongoDatabase database, string name) =>
        database.GetCollection<BsonDocument>(name);
}
