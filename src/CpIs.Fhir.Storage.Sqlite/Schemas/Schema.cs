using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Which tables the file has. A new file goes through the same migrations as an old one, so that there is one way to come
/// to the present schema, and it is walked by every test.
/// </summary>
internal static class Schema
{
    /// <summary>Stamped into the file (<c>user_version</c>): the last migration that it has seen.</summary>
    public static int Version => Migration.All[^1].Version;

    private const int ApplicationId = 0x43504953; // "CPIS"

    /// <summary>Brings the file to the present schema; refuses a file of a newer one.</summary>
    /// <exception cref="StoreUnavailableException">The file is of a newer version or another protection, or no file of this store.</exception>
    public static void Prepare(Connection connection, string file, RecordProtection protection) =>
        Prepare(connection, file, protection, Migration.All, (_, _, _) => { });

    /// <summary>The same with migrations of a test, or told of.</summary>
    /// <param name="connection">The writer.</param>
    /// <param name="file">For messages.</param>
    /// <param name="protection">By which migrations open what is sealed.</param>
    /// <param name="migrations">All that this version knows.</param>
    /// <param name="told">Told of each before it runs, as it goes on, and when it is durable: how much is done, of how much.</param>
    public static void Prepare(
        Connection connection,
        string file,
        RecordProtection protection,
        IReadOnlyList<Migration> migrations,
        Action<Migration, long, long> told
    )
    {
        var (found, application, tables) = Inspect(connection);
        if (found > migrations[^1].Version)
            throw new StoreUnavailableException(
                $"'{file}' was written by a newer version of this server (schema {found}; this one knows {migrations[^1].Version}). "
                    + "Start that version, or give this one another directory (--data DIR)."
            );
        if (tables > 0 && application != ApplicationId)
            throw new StoreUnavailableException(
                $"'{file}' is a SQLite file, but not a store of this server. Give another directory (--data DIR)."
            );
        foreach (var migration in migrations.Where(m => m.Version > found))
            new MigrationRun(
                connection,
                protection,
                found == 0 ? migration with { Work = null } : migration, // In a new file there is nothing to work on.
                (done, total) => told(migration, done, total)
            ).Run(file, ApplicationId);
    }

    /// <summary>Of which schema a file is.</summary>
    /// <exception cref="StoreUnavailableException">It is not a file of this store.</exception>
    public static int Read(Connection connection, string file)
    {
        var (found, application, _) = Inspect(connection);
        return application == ApplicationId
            ? (int)found
            : throw new StoreUnavailableException($"'{file}' is a SQLite file, but not a store of this server.");
    }

    /// <summary>Takes a file as it is: of the present schema, or not at all.</summary>
    /// <exception cref="StoreUnavailableException">It is of another one, or no file of this store.</exception>
    public static void Expect(Connection connection, string file)
    {
        var found = Read(connection, file);
        if (found != Version)
            throw new StoreUnavailableException(
                $"'{file}' has schema {found}; this version needs {Version}. "
                    + (
                        found < Version
                            ? "Migrate it first: cpis store migrate."
                            : "Use the version that wrote it, or a newer one."
                    )
            );
    }

    private static (long Version, long Application, long Tables) Inspect(Connection connection)
    {
        using var statement = connection.Prepare(
            "SELECT v.user_version, a.application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version v, pragma_application_id a"
        );
        statement.Step();
        return (statement.Long(0), statement.Long(1), statement.Long(2));
    }
}
