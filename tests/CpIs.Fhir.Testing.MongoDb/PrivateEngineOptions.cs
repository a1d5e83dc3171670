namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>What a <see cref="PrivateEngine"/> is to be, other than a replica set of one on 127.0.0.1.</summary>
public sealed record PrivateEngineOptions
{
    /// <summary><c>rs</c>, <c>arbiter</c>, <c>standalone</c> or <c>mongos</c>: what it says it is.</summary>
    public string Topology { get; init; } = "rs";

    /// <summary>In a network namespace of its own, so that it can be cut off. Needs <c>ip</c> (package iproute2).</summary>
    public bool Isolated { get; init; }

    /// <summary>Its data on a disk of its own of this size, which can be filled; null for the disk of this machine. Needs root.</summary>
    public int? DiskMegabytes { get; init; }
}
