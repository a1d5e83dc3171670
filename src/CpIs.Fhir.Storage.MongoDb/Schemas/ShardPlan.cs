namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// How the collections are spread over shards, for <c>cpis mongo plan</c>. What a look-up touches lies on the shard of its child,
/// so it asks one shard; what a Subscription is told lies together. Collections that are not named stay whole: they are small.
/// </summary>
public static class ShardPlan
{
    /// <summary>A sharded collection.</summary>
    /// <param name="Collection">Its name.</param>
    /// <param name="Key">Its shard key, as the shell writes it.</param>
    /// <param name="Why">Why this one, in a sentence.</param>
    public sealed record Entry(string Collection, string Key, string Why);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new("resources", "{ c: \"hashed\" }", "by child: a look-up reads everything held of one child on one shard"),
        new("occurrences", "{ c: \"hashed\" }", "by child: a look-up writes where it has read"),
        new("versions", "{ r: \"hashed\" }", "by resource: the versions of one lie together"),
        new("claims", "{ _id: \"hashed\" }", "by identity: its uniqueness over all shards rests on this"),
        new(
            "events",
            "{ s: 1, n: 1 }",
            "by Subscription and number: a batch lies together, and a number is there once"
        ),
        new("answers", "{ _id: \"hashed\" }", "by client and request"),
        new("commits", "{ _id: \"hashed\" }", "by commit"),
        new("used", "{ _id: \"hashed\" }", "by value: that it is used once rests on this"),
    ];

    /// <summary>The commands for <c>mongosh</c>, connected to a <c>mongos</c> of a cluster whose collections have been made.</summary>
    /// <param name="database">The database (<c>MongoDbOptions:Database</c>).</param>
    public static IEnumerable<string> Commands(string database) =>
        Entries.SelectMany(entry => Commands(database, entry)).Prepend($"sh.enableSharding(\"{database}\")");

    // A collection that is not empty any more needs an index on its shard key beforehand. Events have theirs.
    private static IEnumerable<string> Commands(string database, Entry entry)
    {
        yield return $"// {entry.Collection} {entry.Why}";
        if (entry.Key.Contains("hashed", StringComparison.Ordinal))
            yield return $"db.getSiblingDB(\"{database}\").{entry.Collection}.createIndex({entry.Key})";
        yield return $"sh.shardCollection(\"{database}.{entry.Collection}\", {entry.Key})";
    }

    /// <summary>
    /// The role of the exchange's user, with the least that it needs: its own database, and no command of the cluster.
    /// </summary>
    /// <param name="database">The database (<c>MongoDbOptions:Database</c>).</param>
    public static string RoleCommand(string database) =>
        $$"""
            db.getSiblingDB("{{database}}").createRole({
              role: "cpisExchange",
              privileges: [{
                resource: { db: "{{database}}", collection: "" },
                actions: ["find", "insert", "update", "remove", "createCollection", "createIndex", "listCollections", "listIndexes"]
              }],
              roles: []
            })
            """;
}
