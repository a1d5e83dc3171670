using CpIs.Fhir.Core;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// Whether what answers can keep the promises at all: a replica set or sharded cluster, a majority of members that hold
/// data, and transactions. Anything less is refused at the start, with what to do about it.
/// </summary>
internal static class Deployment
{
    private const int LeastWireVersion = 13; // MongoDB 5.0

    /// <exception cref="StoreUnavailableException">It cannot; the message says what to do.</exception>
    public static async Task CheckAsync(IMongoDatabase database, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1),
            cancellationToken: cancellation
        );
        if (Judge(hello) is { } problem)
            throw new StoreUnavailableException(problem);
    }

    /// <summary>What is wrong with what a server says of itself, or null.</summary>
    public static string? Judge(BsonDocument hello)
    {
        if (hello.GetValue("maxWireVersion", 0).ToInt32() < LeastWireVersion)
            return "This MongoDB is older than 5.0. Use a supported version (6.0 or later is best).";
        if (hello.GetValue("msg", "").AsString == "isdbgrid")
            return null;
        if (!hello.Contains("setName"))
            return "This MongoDB is a standalone: it can acknowledge a write and lose it, and it has no transactions. "
                + "Make it a replica set, best of three members (start mongod with --replSet NAME, then rs.initiate()), "
                + "and name the set in the connection string (?replicaSet=NAME).";
        return JudgeMembers(Count(hello, "hosts") + Count(hello, "passives"), Count(hello, "arbiters"));
    }

    /// <summary>
    /// With an arbiter, fewer members hold data than vote. Where the loss of one of them leaves fewer than a majority of the
    /// votes, no write can be confirmed any more although a primary is there.
    /// </summary>
    private static string? JudgeMembers(int holding, int arbiters)
    {
        var majority = (holding + arbiters) / 2 + 1;
        return arbiters > 0 && holding - 1 < majority
            ? $"This replica set has {holding} members with data and {arbiters} arbiter(s). If one of the former is lost, "
                + "a primary remains but no majority can confirm a write. Replace the arbiter by a member with data (rs.remove, rs.add)."
            : null;
    }

    private static int Count(BsonDocument hello, string field) =>
        hello.TryGetValue(field, out var members) && members is BsonArray array ? array.Count : 0;
}
