using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Hosting.Stores;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Opens the store that <c>Repository</c> names. The one place in the server that knows which stores there are.</summary>
internal static class StoreOpening
{
    /// <summary>Names of stores, as <see cref="ExchangeOptions.Repository"/> takes them.</summary>
    public const string Sqlite = "SQLite";

    /// <inheritdoc cref="Sqlite" />
    public const string MongoDb = "MongoDb";

    /// <exception cref="StoreUnavailableException">The store cannot be opened; the message says what to do.</exception>
    /// <exception cref="InvalidConfigurationException">There is no store of that name, or the key file cannot be used.</exception>
    public static async Task<IExchangeStore> OpenAsync(
        ExchangeOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var protection = await StoreProtection.ReadAsync(options.Protection, cancellation);
        return options.Repository switch
        {
            Sqlite => await SqliteStore.OpenAsync(
                new SqliteStoreOptions
                {
                    Directory = options.SqliteDbOptions.Directory,
                    MinimumFreeBytes = options.SqliteDbOptions.MinimumFreeBytes,
                    WriteTimeout = options.SqliteDbOptions.WriteTimeout,
                    SearchTimeout = options.SqliteDbOptions.SearchTimeout,
                    Protection = protection,
                    RestoreMark = options.Store.RestoreMark,
                },
                time,
                cancellation
            ),
            MongoDb when options.Store.RestoreMark is not null => throw new InvalidConfigurationException(
                "Store:RestoreMark: only the embedded store (Repository SQLite) keeps a mark. Remove it: it would refuse nothing here."
            ),
            MongoDb => await MongoStore.OpenAsync(
                options.MongoDbOptions.ToStoreOptions(protection),
                time,
                cancellation
            ),
            _ => throw new InvalidConfigurationException(
                $"Repository: '{options.Repository}' is not a store. Allowed: SQLite, MongoDb."
            ),
        };
    }
}
