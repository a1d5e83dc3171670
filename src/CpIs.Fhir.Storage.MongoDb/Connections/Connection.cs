using CpIs.Fhir.Core;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>
/// The driver's client as this store uses it: every concern is stated here and never inherited from a server's defaults or a
/// connection string. Reads are of what a majority holds, from the primary; a write counts when a majority has it in its journal.
/// </summary>
internal static class Connection
{
    /// <summary>Opens no connection yet.</summary>
    /// <param name="options">Where, and how long to wait.</param>
    /// <param name="adjust">Test seam: listens to commands.</param>
    /// <exception cref="StoreUnavailableException">The connection string cannot be read. The message does not repeat it.</exception>
    public static MongoClient Open(MongoStoreOptions options, Action<MongoClientSettings>? adjust)
    {
        var settings = Read(options.ConnectionString);
        settings.ApplicationName ??= "cpis";
        settings.MaxConnectionPoolSize = options.MaxPoolSize;
        settings.MinConnectionPoolSize = options.MinPoolSize;
        settings.ConnectTimeout = options.ConnectTimeout;
        settings.ServerSelectionTimeout = options.ServerSelectionTimeout;
        settings.WaitQueueTimeout = options.ServerSelectionTimeout;
        // Of a frozen server nothing comes back, not even an error: without this a caller would wait for ever.
        settings.SocketTimeout = options.WriteBudget;
        settings.RetryReads = true;
        settings.RetryWrites = true;
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        settings.WriteConcern = Durable(options);
        adjust?.Invoke(settings);
        return new MongoClient(settings);
    }

    /// <summary>A majority has it, in its journal.</summary>
    public static WriteConcern Durable(MongoStoreOptions options) =>
        new(WriteConcern.WMajority.W, options.WriteBudget, fsync: null, journal: true);

    private static MongoClientSettings Read(string connectionString)
    {
        try
        {
            return MongoClientSettings.FromConnectionString(connectionString);
        }
        catch (Exception unreadable) when (unreadable is MongoException or ArgumentException or FormatException)
        {
            // The message would repeat the string, and with it a password.
            throw new StoreUnavailableException(
                "MongoDbOptions:ConnectionString is not a MongoDB connection string, such as mongodb://host1,host2/?replicaSet=NAME."
            );
        }
    }
}
