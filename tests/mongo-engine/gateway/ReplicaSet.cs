using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Sessions;
using MongoGateway.Wire;

namespace MongoGateway;

/// <summary>The part of the replica set that a client sees, and whether this member is its primary.</summary>
internal sealed class ReplicaSet(GatewayOptions options, Transactions transactions)
{
    // Nobody listens there.
    private const string OtherMember = "127.0.0.1:1";
    private const string Arbiter = "127.0.0.1:2";

    // Always the same: a member that comes back with an older one than clients have seen would be held for a stale primary.
    private static readonly ObjectId Election = ObjectId.Parse("7fffffff0000000000000001");

    private static readonly HashSet<string> ForPrimaryOnly = new(StringComparer.OrdinalIgnoreCase)
    {
        "aggregate",
        "abortTransaction",
        "collMod",
        "commitTransaction",
        "count",
        "create",
        "createIndexes",
        "delete",
        "distinct",
        "drop",
        "dropDatabase",
        "dropIndexes",
        "find",
        "findAndModify",
        "getMore",
        "insert",
        "renameCollection",
        "update",
    };

    private long _downUntil;

    private bool IsPrimary => Environment.TickCount64 >= Interlocked.Read(ref _downUntil);

    public BsonDocument Describe(string primaryField)
    {
        var primary = IsPrimary;
        var hello = new BsonDocument(primaryField, primary);
        if (options.Topology == Topology.Mongos)
            return hello.Add("msg", "isdbgrid");
        if (options.Topology == Topology.Standalone)
            return hello;
        BsonArray hosts = [options.Advertise];
        if (options.Topology == Topology.Arbiter)
            hosts.Add(OtherMember);
        hello.AddRange(
            new BsonDocument
            {
                { "setName", "rs0" },
                { "setVersion", 1 },
                { "secondary", !primary },
                { "hosts", hosts },
                { "me", options.Advertise },
            }
        );
        if (options.Topology == Topology.Arbiter)
            hello.Add("arbiters", new BsonArray { Arbiter });
        if (primary)
            hello.AddRange(new BsonDocument { { "primary", options.Advertise }, { "electionId", Election } });
        return hello;
    }

    /// <summary>A primary no more, for a while. What runs in transactions is aborted.</summary>
    public async Task StepDownAsync(TimeSpan period)
    {
        Interlocked.Exchange(ref _downUntil, Environment.TickCount64 + (long)period.TotalMilliseconds);
        await transactions.AbortAllAsync();
    }

    /// <exception cref="MongoError">The command is for a primary, and this is none.</exception>
    public void Check(Request request)
    {
        if (!IsPrimary && ForPrimaryOnly.Contains(request.Name))
            throw new MongoError(10107, "NotWritablePrimary", "not primary");
    }
}
