using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// One index, named after the query that it serves. Selective fields come first (compatible engines walk through the whole
/// of an unselective one), and at most one field of an index is an array.
/// </summary>
/// <param name="Collection">Where.</param>
/// <param name="Name">Collection and query.</param>
/// <param name="Key">Fields and directions.</param>
/// <param name="Unique">True when two documents may not agree in it.</param>
/// <param name="Only">Documents that are in it; null for all.</param>
internal sealed record StoreIndex(
    string Collection,
    string Name,
    BsonDocument Key,
    bool Unique = false,
    BsonDocument? Only = null
)
{
    /// <summary>All that the store needs.</summary>
    public static IReadOnlyList<StoreIndex> All { get; } =
    [
        new("resources", "resources_read_child", Keys("c")),
        new("resources", "resources_read_by_identity", Keys("i", "y"), Only: Exists("i")),
        new("resources", "resources_search_token", Keys("k"), Only: null),
        new("resources", "resources_search", Keys("a", "y", "u", "_id")),
        new("resources", "resources_search_of_all", Keys("y", "u", "_id")),
        new("resources", "resources_read_patients", Keys("a", "_id")),
        new("versions", "versions_remove", Keys("u")),
        new("versions", "versions_read", Keys("r", "v")),
        new("occurrences", "occurrences_history", Keys("c", "t"), Only: Is("h", true)),
        new("occurrences", "occurrences_search", Keys("t", "_id")),
        new("occurrences", "occurrences_search_child", Keys("c", "t", "_id")),
        new("occurrences", "occurrences_search_kind", Keys("y", "t", "_id"), Only: Above("y", 0)),
        new("occurrences", "occurrences_search_readable", Keys("w", "t", "_id"), Only: Exists("w")),
        new("occurrences", "occurrences_open", Keys("open", "t", "_id"), Only: Above("left", 0)),
        new("occurrences", "occurrences_todo", Keys("todo", "t", "_id"), Only: Above("todos", 0)),
        new("events", "events_read", Keys("s", "n"), Unique: true),
        new("events", "events_claim", Keys("s", "n", "due"), Only: Is("live", true)),
        new("events", "events_due", Keys("s", "due"), Only: Is("live", true)),
        new("events", "events_join", Keys("c", "s", "t"), Only: Is("f", 0L)),
        new("events", "events_remove", Keys("told"), Only: Exists("told")),
        new("subscriptions", "subscriptions_taking", Keys("claim", "_id"), Only: Is("takes", true)),
        new("answers", "answers_remove", Keys("exp")),
        new("commits", "commits_remove", Keys("at")),
        new("used", "used_remove", Keys("exp")),
        new("uses", "uses_read", Keys("t")),
        new("attempts", "attempts_read", Keys("s", "t", "_id")),
        new("attempts", "attempts_remove", Keys("t")),
        new("dailyfiles", "dailyfiles_waiting", Keys("w"), Only: Exists("w")),
        new("dailyfiles", "dailyfiles_read", Keys("a", "t")),
        new("dailyfiles", "dailyfiles_remove", Keys("t")),
        new("dailyslices", "dailyslices_read", Keys("f")),
        new("dailyresults", "dailyresults_read", Keys("f", "n")),
    ];

    /// <summary>As <c>createIndexes</c> wants it.</summary>
    public BsonDocument ToCommand()
    {
        var index = new BsonDocument { { "key", Key }, { "name", Name } };
        if (Unique)
            index.Add("unique", true);
        if (Only is not null)
            index.Add("partialFilterExpression", Only);
        return index;
    }

    private static BsonDocument Keys(params IEnumerable<string> fields) =>
        new(fields.Select(field => new BsonElement(field, 1)));

    private static BsonDocument Exists(string field) => new(field, new BsonDocument("$exists", true));

    private static BsonDocument Above(string field, int value) => new(field, new BsonDocument("$gt", value));

    private static BsonDocument Is(string field, BsonValue value) => new(field, value);
}
