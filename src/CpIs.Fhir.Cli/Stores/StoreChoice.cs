using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Migrations;
using CpIs.Fhir.Storage.MongoDb.Restores;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Migrations;
using CpIs.Fhir.Storage.Sqlite.Restores;
using CpIs.Fhir.Storage.Sqlite.Transfer;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>The options by which a command is told of a store: where it lies, and how it is sealed.</summary>
internal sealed class StoreChoice
{
    private const string Sqlite = "sqlite";
    private const string MongoDb = "mongodb";

    /// <param name="name">Such as <c>--from</c>.</param>
    /// <param name="what">What the store is for the command.</param>
    public StoreChoice(string name, string what)
    {
        Store = new Option<string>(name)
        {
            Description = $"{what}: sqlite[:DIR] (default ./data) or mongodb[:DATABASE] (default cpis).",
            Required = true,
            HelpName = "STORE",
        };
        Connection = new Option<string?>($"{name}-connection")
        {
            Description =
                "MongoDB's connection string, or @FILE with it, which a list of processes does not show. [CPIS_MONGODB]",
            HelpName = "STRING",
        };
        KeyFile = new Option<string?>($"{name}-key-file")
        {
            Description = "The key file of a sealed store; a readable one has none.",
            HelpName = "FILE",
        };
    }

    /// <summary>Which store.</summary>
    public Option<string> Store { get; }

    /// <summary>How MongoDB is reached.</summary>
    public Option<string?> Connection { get; }

    /// <summary>By which keys it is sealed.</summary>
    public Option<string?> KeyFile { get; }

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> Options => [Store, Connection, KeyFile];

    /// <summary>Opens it to be read.</summary>
    /// <exception cref="CannotRunException">The store was named wrongly.</exception>
    public async Task<ITransferSource> OpenSourceAsync(
        Run run,
        RecordProtection protection,
        CancellationToken cancellation
    ) =>
        Read(run) switch
        {
            (Sqlite, var directory) => SqliteTransferSource.Open(SqliteOptions(directory, protection)),
            var (_, database) => await MongoTransferSource.OpenAsync(
                MongoOptions(run, database, protection),
                cancellation
            ),
        };

    /// <summary>Opens it to be filled.</summary>
    /// <exception cref="CannotRunException">The store was named wrongly.</exception>
    public async Task<ITransferTarget> OpenTargetAsync(
        Run run,
        RecordProtection protection,
        CancellationToken cancellation
    ) =>
        Read(run) switch
        {
            (Sqlite, var directory) => SqliteTransferTarget.Open(SqliteOptions(directory, protection)),
            var (_, database) => await MongoTransferTarget.OpenAsync(
                MongoOptions(run, database, protection),
                run.Surroundings.Time,
                cancellation
            ),
        };

    /// <summary>Opens it to be looked at, or brought forward.</summary>
    /// <exception cref="CannotRunException">The store was named wrongly.</exception>
    public async Task<IStoreMigration> OpenMigrationAsync(
        Run run,
        RecordProtection protection,
        CancellationToken cancellation
    ) =>
        Read(run) switch
        {
            (Sqlite, var directory) => SqliteStoreMigration.Open(SqliteOptions(directory, protection)),
            var (_, database) => await MongoStoreMigration.OpenAsync(
                MongoOptions(run, database, protection),
                run.Surroundings.Time,
                cancellation
            ),
        };

    /// <summary>Opens it for the step after a restore.</summary>
    /// <exception cref="CannotRunException">The store was named wrongly.</exception>
    public async Task<IStoreRestore> OpenRestoreAsync(Run run, CancellationToken cancellation) =>
        Read(run) switch
        {
            (Sqlite, var directory) => SqliteStoreRestore.Open(SqliteOptions(directory, RecordProtection.Readable)),
            var (_, database) => await MongoStoreRestore.OpenAsync(
                MongoOptions(run, database, RecordProtection.Readable),
                run.Surroundings.Time,
                cancellation
            ),
        };

    /// <summary>The protection that its key file gives; the readable one where there is no key file.</summary>
    /// <exception cref="CannotRunException">It is not a key file, or others may read it.</exception>
    public RecordProtection ReadProtection(Run run)
    {
        if (run.Get(KeyFile) is not { } path)
            return RecordProtection.Readable;
        try
        {
            return new SealedRecords(new ProtectionKeyFile(path).Read());
        }
        catch (InvalidDataException wrong)
        {
            throw new CannotRunException(wrong.Message, inner: wrong);
        }
    }

    private (string Kind, string Place) Read(Run run)
    {
        var text = run.Get(Store)!;
        var end = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, place) = end < 0 ? (text, "") : (text[..end], text[(end + 1)..]);
        return kind switch
        {
            Sqlite => (kind, place.Length > 0 ? place : new SqliteStoreOptions().Directory),
            MongoDb when place.StartsWith("//", StringComparison.Ordinal) => throw new CannotRunException(
                $"{Store.Name} names the database; the connection string goes to {Connection.Name} or CPIS_MONGODB."
            ),
            MongoDb => (kind, place.Length > 0 ? place : new MongoStoreOptions().Database),
            _ => throw new CannotRunException(
                $"{Store.Name}: '{kind}' is not a kind of store. Allowed: sqlite:DIR and mongodb:DATABASE."
            ),
        };
    }

    private static SqliteStoreOptions SqliteOptions(string directory, RecordProtection protection) =>
        new() { Directory = directory, Protection = protection };

    private MongoStoreOptions MongoOptions(Run run, string database, RecordProtection protection) =>
        new()
        {
            ConnectionString = MongoConnection.Read(run.Surroundings, run.Get(Connection), Connection.Name),
            Database = database,
            // Nobody looks a child up through this tool: it can wait for a busy engine.
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ServerSelectionTimeout = TimeSpan.FromSeconds(30),
            WriteBudget = TimeSpan.FromSeconds(60),
            ReadTimeout = TimeSpan.FromSeconds(60),
            MinPoolSize = 0,
            Protection = protection,
        };
}
