using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb.Connections;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>Section <c>MongoDbOptions</c>, read where <c>Repository</c> is <c>MongoDb</c>.</summary>
public sealed record MongoDbOptions
{
    private static readonly MongoStoreOptions Defaults = new();

    /// <summary>
    /// The replica set or sharded cluster, such as <c>mongodb://db1,db2,db3/?replicaSet=rs0&amp;tls=true</c>. It may hold a
    /// password, so best it comes from <see cref="ConnectionStringFile"/> or the environment
    /// (<c>CPIS__MongoDbOptions__ConnectionString</c>). Never logged.
    /// </summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>A file that holds the connection string and nothing else (a mounted secret). Give this or the string, not both.</summary>
    public string ConnectionStringFile { get; init; } = "";

    /// <summary>The database; default <c>cpis</c>.</summary>
    [RegularExpression(
        "^[A-Za-z0-9_-]{1,60}$",
        ErrorMessage = "A database name must be 1 to 60 letters, digits, _ or -."
    )]
    public string Database { get; init; } = Defaults.Database;

    /// <summary>Most connections of this server to each member; default 100.</summary>
    [Range(4, 10_000)]
    public int MaxPoolSize { get; init; } = Defaults.MaxPoolSize;

    /// <summary>Connections that are kept open though nobody needs them; default 8.</summary>
    [Range(0, 1_000)]
    public int MinPoolSize { get; init; } = Defaults.MinPoolSize;

    /// <summary>How long one connection may take to be made; default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = Defaults.ConnectTimeout;

    /// <summary>How long one attempt may look for a primary or wait for a free connection; default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ServerSelectionTimeout { get; init; } = Defaults.ServerSelectionTimeout;

    /// <summary>How long a safe write is tried again while no majority confirms it; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan WriteBudget { get; init; } = Defaults.WriteBudget;

    /// <summary>How long a read or a search may run at the server; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ReadTimeout { get; init; } = Defaults.ReadTimeout;

    /// <summary>As the store takes them.</summary>
    /// <exception cref="InvalidConfigurationException">No connection string was given, two were, or its file cannot be read.</exception>
    internal MongoStoreOptions ToStoreOptions(RecordProtection protection) =>
        new()
        {
            ConnectionString = ReadConnectionString(),
            Database = Database,
            MaxPoolSize = MaxPoolSize,
            MinPoolSize = Math.Min(MinPoolSize, MaxPoolSize),
            ConnectTimeout = ConnectTimeout,
            ServerSelectionTimeout = ServerSelectionTimeout,
            WriteBudget = WriteBudget,
            ReadTimeout = ReadTimeout,
            Protection = protection,
        };

    private string ReadConnectionString()
    {
        if (ConnectionString.Length > 0)
            return ConnectionStringFile.Length == 0
                ? ConnectionString
                : throw new InvalidConfigurationException(
                    "MongoDbOptions: ConnectionString and ConnectionStringFile are both given. Give one of them."
                );
        if (ConnectionStringFile.Length == 0)
            throw new InvalidConfigurationException(
                "MongoDbOptions:ConnectionString or ConnectionStringFile is required with Repository MongoDb."
            );
        try
        {
            return File.ReadAllText(ConnectionStringFile).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException(
                $"MongoDbOptions:ConnectionStringFile cannot be read: {unreadable.Message}"
            );
        }
    }

    /// <summary>Without the connection string.</summary>
    public override string ToString() => $"MongoDbOptions {{ Database = {Database} }}";
}
