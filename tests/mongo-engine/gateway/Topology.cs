namespace MongoGateway;

/// <summary>What the gateway says it is; clients behave accordingly. The names are the values of <c>--topology</c>.</summary>
internal enum Topology
{
    /// <summary>A replica set of one, <c>rs0</c>.</summary>
    Rs,

    /// <summary>The primary of a replica set with two data members and an arbiter; the other two never answer.</summary>
    Arbiter,

    /// <summary>A server that belongs to no replica set: drivers refuse transactions on it.</summary>
    Standalone,

    /// <summary>The router of a sharded cluster.</summary>
    Mongos,
}
