using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// One step forward of the documents of a collection, done in batches while servers of the version before go on. So it leads
/// to a form that these still read, and the new version still reads the old one.
/// </summary>
/// <param name="Version">Counting from 2 without gap: 1 is what the first version wrote. A number that has been released is never changed.</param>
/// <param name="What">What it is for, in a few words, shown while it runs.</param>
/// <param name="Collection">Whose documents change.</param>
/// <param name="Old">Finds documents of the old form; when it finds none, the migration is done.</param>
/// <param name="Change">
/// Brings one document of the old form forward; it can open what is sealed. Its filter matches only the state that it was made from, so that nothing that
/// was written in between is lost, and a second time it changes nothing.
/// </param>
internal sealed record MongoMigration(
    int Version,
    string What,
    string Collection,
    BsonDocument Old,
    Func<BsonDocument, RecordProtection, UpdateOneModel<BsonDocument>> Change
)
{
    /// <summary>All of them, in order. Indexes and collections are made when a server opens the store.</summary>
    public static IReadOnlyList<MongoMigration> All { get; } = [ReadersOfAccesses.Migration];

    /// <summary>The schema that a list of migrations leads to.</summary>
    public static int VersionOf(IReadOnlyList<MongoMigration> migrations) => 1 + migrations.Count;
}
