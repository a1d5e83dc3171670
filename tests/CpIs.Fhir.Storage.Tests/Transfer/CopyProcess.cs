using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using CpIs.Fhir.Storage.Sqlite.Transfer;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>What the kill tests of a copy kill: a process that copies, and says on standard output how far it is.</summary>
internal static class CopyProcess
{
    public const string Verb = "copy-until-killed";
    public const string MongoDb = "mongodb";

    /// <summary>Copies one directory into another.</summary>
    public static async Task<int> RunAsync(string from, string to)
    {
        var outcome = await Copying.RunAsync(from, to, TimeProvider.System, default, Say);
        Console.WriteLine($"done {outcome.IsSound}");
        return outcome.IsSound ? 0 : 1;
    }

    /// <summary>Copies a directory into a MongoDB database.</summary>
    public static async Task<int> RunAsync(string from, string connectionString, string database)
    {
        var options = new MongoStoreOptions
        {
            ConnectionString = connectionString,
            Database = database,
            MinPoolSize = 0,
        };
        await using var source = SqliteTransferSource.Open(Copying.Options(from));
        await using var target = await MongoTransferTarget.OpenAsync(options, TimeProvider.System, default);
        return (await Copying.RunAsync(source, target, TimeProvider.System, default, Say)).IsSound ? 0 : 1;
    }

    private static void Say(TransferProgress progress) =>
        Console.WriteLine($"{progress.Phase} {progress.Section} {progress.Done} {progress.Total}");
}
