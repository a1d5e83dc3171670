namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>What a <see cref="PrivateEngine"/> is made of.</summary>
internal interface IPrivateParts : IAsyncDisposable
{
    string ConnectionString { get; }

    RestartableProcess Database { get; }

    RestartableProcess Gateway { get; }

    PrivateNetwork Network { get; }

    PrivateDisk Disk { get; }
}
