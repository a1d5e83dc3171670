using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>What the kill tests of a copy kill: a process that copies, and says on standard output how far it is.</summary>
internal static class CopyProcess
{
    public const string Verb = "copy-until-killed";

    /// <summary>Copies one directory into another.</summary>
    public static async Task<int> RunAsync(string from, string to)
    {
        var outcome = await Copying.RunAsync(from, to, TimeProvider.System, default, Say);
        Console.WriteLine($"done {outcome.IsSound}");
        return outcome.IsSound ? 0 : 1;
    }

    private static void Say(TransferProgress progress) =>
        Console.WriteLine($"{progress.Phase} {progress.Section} {progress.Done} {progress.Total}");
}
