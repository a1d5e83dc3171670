namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>What stands behind a connection string. Some tests ask a server for more (execution statistics of explain).</summary>
public enum EngineKind
{
    /// <summary>MongoDB itself: <c>mongod</c> or <c>mongos</c>.</summary>
    Server,

    /// <summary>DocumentDB on PostgreSQL behind the front of <c>tests/mongo-engine</c>.</summary>
    DocumentDb,
}
