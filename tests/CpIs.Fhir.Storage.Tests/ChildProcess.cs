using System.Diagnostics;

namespace CpIs.Fhir.Storage.Tests;

/// <summary>This test program once more, as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// Starts it, waits until it has said that much is durable, kills it with kill -9, and returns everything it had said.
    /// </summary>
    public static async Task<List<string>> RunAndKillAsync(
        int bundles,
        int accesses,
        CancellationToken cancellation,
        params string[] arguments
    )
    {
        using var process = Start(arguments);
        var told = new List<string>();
        while (Count(told, "bundle") < bundles || Count(told, "access") < accesses)
            told.Add(await process.StandardOutput.ReadLineAsync(cancellation) ?? throw await FailedAsync(process));
        process.Kill();
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
            told.Add(line);
        await process.WaitForExitAsync(cancellation);
        // The last line may have been cut off by the kill: a torn id was not told.
        if (told[^1].Split(' ') is not [_, { Length: > 33 }])
            told.RemoveAt(told.Count - 1);
        return told;
    }

    private static int Count(List<string> told, string what) =>
        told.Count(line => line.StartsWith(what, StringComparison.Ordinal));

    private static async Task<Exception> FailedAsync(Process process) =>
        new InvalidOperationException(await process.StandardError.ReadToEndAsync());

    public static Process Start(params string[] arguments)
    {
        var self = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        var start = new ProcessStartInfo(self) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (isHost)
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
