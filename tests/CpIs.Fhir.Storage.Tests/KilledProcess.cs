using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests;

/// <summary>
/// What the kill tests kill: a process that runs a <see cref="Workload"/> and says on standard output what the store has said is
/// durable.
/// </summary>
internal static class KilledProcess
{
    public const string SqliteVerb = "sqlite-until-killed";
    public const string MongoVerb = "mongodb-until-killed";
    private static readonly Lock Output = new();

    /// <summary>Runs until it is killed; null where the arguments are not for it.</summary>
    public static async Task<int?> RunAsync(string[] args)
    {
        await using var store = args switch
        {
            [SqliteVerb, var directory] => (IExchangeStore)
                await SqliteStore.OpenAsync(
                    new SqliteStoreOptions { Directory = directory },
                    TimeProvider.System,
                    default
                ),
            [MongoVerb, var connectionString, var database] => await MongoStore.OpenAsync(
                new MongoStoreOptions
                {
                    ConnectionString = connectionString,
                    Database = database,
                    // However busy the machine is, it is the kill that ends this.
                    ConnectTimeout = TimeSpan.FromMinutes(1),
                    ServerSelectionTimeout = TimeSpan.FromMinutes(1),
                    WriteBudget = TimeSpan.FromMinutes(2),
                },
                TimeProvider.System,
                default
            ),
            _ => null,
        };
        if (store is null)
            return null;
        await new Workload(store, Say).RunAsync(outlastsFailures: false, CancellationToken.None);
        return 0;
    }

    private static void Say(string line)
    {
        lock (Output)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
