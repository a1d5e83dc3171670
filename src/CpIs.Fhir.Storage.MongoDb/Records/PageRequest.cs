using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>One page of a search, ordered by a time and then by <c>_id</c>.</summary>
/// <param name="Filter">What is searched, on all pages.</param>
/// <param name="Behind">Where the page before ended; null for the first.</param>
/// <param name="Time">The field of the time.</param>
/// <param name="Ascending">Oldest first.</param>
/// <param name="Count">Most results.</param>
internal sealed record PageRequest(BsonDocument Filter, BsonDocument? Behind, string Time, bool Ascending, int Count)
{
    /// <summary>What this page is of.</summary>
    public BsonDocument Whole => Behind is null ? Filter : new BsonDocument("$and", new BsonArray { Filter, Behind });

    /// <summary>Its order.</summary>
    public BsonDocument Sort => new() { { Time, Ascending ? 1 : -1 }, { "_id", Ascending ? 1 : -1 } };

    /// <summary>True when a first page that holds all was read, so that nothing is left to count.</summary>
    /// <param name="found">How many were read.</param>
    public bool IsAllOf(int found) => Count > 0 && Behind is null && found <= Count;
}
