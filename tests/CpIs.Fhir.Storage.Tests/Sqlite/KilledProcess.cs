using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>
/// What the kill tests kill: a process that uploads and looks up without end and says on standard output what the store
/// has said is durable.
/// </summary>
internal static class KilledProcess
{
    public const string Verb = "store-until-killed";
    public const int BundleSize = 300;
    private static readonly Lock Output = new();

    /// <summary>Runs until it is killed.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = directory },
            TimeProvider.System,
            default
        );
        var run = Guid.NewGuid().ToString("N");
        await Task.WhenAll([
            UploadAsync(store, run),
            .. Enumerable.Range(0, 16).Select(i => LookUpAsync(store, run, i)),
        ]);
        return 0;
    }

    private static async Task UploadAsync(SqliteStore store, string run)
    {
        for (var bundle = 0; ; bundle++)
        {
            var id = $"{run}-{bundle}";
            var resources = Enumerable
                .Range(0, BundleSize)
                .Select(i => Make.Resource($"{id}-{i}", tokens: [$"bundle={id}", "a=1", "b=2", "c=3"]));
            var commit = Make.Commit([.. resources]) with
            {
                Answer = Make.Answer(id, expires: DateTimeOffset.MaxValue),
                Occurrence = Make.Access($"upload-{id}"),
            };
            if (await store.CommitAsync(commit, default) == CommitOutcome.Committed)
                Say($"bundle {id}");
        }
    }

    private static async Task LookUpAsync(SqliteStore store, string run, int worker)
    {
        for (var i = 0; ; i++)
        {
            var access = Make.Access($"{run}-{worker}-{i}", child: Make.Child(i), authorities: Make.Herts);
            await store.RecordAsync(access, default);
            Say($"access {access.Id}");
        }
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
