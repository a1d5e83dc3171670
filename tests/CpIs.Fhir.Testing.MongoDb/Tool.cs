using System.Diagnostics;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>A program of the system that does one thing and ends.</summary>
internal static class Tool
{
    /// <exception cref="InvalidOperationException">It could not; the message has what it said.</exception>
    public static async Task RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {error}");
    }
}
