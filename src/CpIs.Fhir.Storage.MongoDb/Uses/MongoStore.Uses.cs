using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Uses;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<UseReport>> ExchangeAsync(
        UseReport? own,
        string server,
        IReadOnlyDictionary<string, long> seen,
        DateTimeOffset since,
        CancellationToken cancellation
    )
    {
        if (own is not null)
            await _calls.WriteAsync((_, late) => AddReportAsync(UseReportDocument.Write(own), late), cancellation);
        var fresh = await AllAsync(_collections.Uses, NotSeen(server, seen, since), cancellation);
        return
        [
            .. fresh
                .Select(UseReportDocument.Read)
                .Where(report => report.Number > seen.GetValueOrDefault(report.Server))
                .OrderBy(report => report.Server, StringComparer.Ordinal)
                .ThenBy(report => report.Number),
        ];
    }

    private async Task<bool> AddReportAsync(BsonDocument report, CancellationToken cancellation)
    {
        try
        {
            await _collections.Uses.InsertOneAsync(report, cancellationToken: cancellation);
        }
        catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
        {
            // It exists already, and stands as it is.
        }

        return true;
    }

    /// <summary>Of each server that is known, what is newer than the last that was read; of any other, all.</summary>
    private static BsonDocument NotSeen(string server, IReadOnlyDictionary<string, long> seen, DateTimeOffset since)
    {
        var known = new BsonArray(seen.Keys) { server };
        var other = new BsonDocument("s", new BsonDocument("$nin", known));
        var newer = seen.Where(one => one.Key != server)
            .Select(one => new BsonDocument { { "s", one.Key }, { "n", new BsonDocument("$gt", one.Value) } });
        return new BsonDocument
        {
            { "t", new BsonDocument("$gte", since.UtcDateTime) },
            {
                "$or",
                new BsonArray(newer) { other }
            },
        };
    }
}
