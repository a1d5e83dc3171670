using System.ComponentModel;
using System.Diagnostics;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Runs the build script of the profiles.</summary>
internal static class ProfileBuild
{
    private const int LinesTold = 40;

    /// <exception cref="CannotRunException">It cannot be started, or SUSHI found errors; the message tells them.</exception>
    public static async Task RunAsync(ProfilesFolder folder, CancellationToken cancellation)
    {
        if (!File.Exists(folder.BuildScript))
            throw new CannotRunException(
                $"{folder.BuildScript} does not exist. Run this in a checkout of the project."
            );
        using var process = Start(folder);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(true);
            throw;
        }

        await output;
        if (process.ExitCode != 0)
            throw new CannotRunException(
                "the sources were not built: " + string.Join(" | ", Told(await errors).TakeLast(LinesTold))
            );
    }

    // SUSHI tells much that is not an error; each of its errors is a line that begins so, with its file and line below.
    private static IEnumerable<string> Told(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var errors = lines
            .Where(line =>
                line.StartsWith("error", StringComparison.Ordinal)
                || line.StartsWith("File:", StringComparison.Ordinal)
                || line.StartsWith("Line:", StringComparison.Ordinal)
            )
            .ToList();
        return errors.Count > 0 ? errors : lines;
    }

    private static Process Start(ProfilesFolder folder)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo(folder.BuildScript)
                {
                    WorkingDirectory = folder.Path,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
        }
        catch (Win32Exception failure)
        {
            throw new CannotRunException(
                $"{folder.BuildScript} cannot be started ({failure.Message}): it needs bash and Node.",
                inner: failure
            );
        }
    }
}
