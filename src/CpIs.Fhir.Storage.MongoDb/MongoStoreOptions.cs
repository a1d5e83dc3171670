namespace CpIs.Fhir.Storage.MongoDb;

/// <summary>How the store for many machines runs. The defaults are right for a replica set in one region.</summary>
public sealed record MongoStoreOptions
{
    /// <summary>
    /// Where the replica set or sharded cluster is, as MongoDB writes it (<c>mongodb://</c> or <c>mongodb+srv://</c>). It may
    /// hold a password: never logged. Concerns for reads and writes are set in code and cannot be changed here.
    /// </summary>
    public required string ConnectionString { get; init; }
}
