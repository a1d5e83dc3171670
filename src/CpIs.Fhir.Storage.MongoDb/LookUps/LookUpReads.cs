using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.LookUps;

/// <summary>
/// The two reads of a look-up as they are sent. Kept apart so that whoever measures what the driver alone can do asks the
/// very same.
/// </summary>
internal static class LookUpReads
{
    /// <summary>Everything held of a child.</summary>
    public static IFindFluent<T, T> Child<T>(IMongoCollection<T> resources, long childKey, TimeSpan timeout) =>
        resources.Find(new BsonDocument("c", childKey), new FindOptions { MaxTime = timeout });

    /// <summary>
    /// Its history, newest first. No limit: a batch holds nearly every child's history whole, and where it does not, the
    /// cursor goes on only as far as the person's own newest access is looked for. One read all the same.
    /// </summary>
    public static IFindFluent<T, T> History<T>(
        IMongoCollection<T> occurrences,
        long childKey,
        int count,
        TimeSpan timeout
    ) =>
        occurrences
            .Find(
                new BsonDocument { { "c", childKey }, { "h", true } },
                new FindOptions { BatchSize = count + 1, MaxTime = timeout }
            )
            .Sort(new BsonDocument { { "t", -1 }, { "_id", -1 } });
}
