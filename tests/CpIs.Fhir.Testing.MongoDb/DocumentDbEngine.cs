using System.Diagnostics;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// The engine of <c>tests/mongo-engine</c>. It is started when it is installed already; installing it (680 MB) inside a test
/// would surprise, so that needs <c>CPIS_MONGO_ENGINE=up</c>. It stays up for the next run; <c>down</c> ends it.
/// </summary>
internal static class DocumentDbEngine
{
    private const string Answer = "CPIS_TEST_MONGODB=";

    /// <summary>Where it is installed.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("CPIS_MONGO_ENGINE_DIR") is { Length: > 0 } folder
            ? folder
            : "/var/tmp/cpis-mongo-engine";

    /// <summary>Starts it and returns its connection string; null where it is not to be had.</summary>
    public static async Task<string?> TryStartAsync()
    {
        var wanted = Environment.GetEnvironmentVariable("CPIS_MONGO_ENGINE") == "up";
        if (!wanted && !(Environment.IsPrivilegedProcess && File.Exists(Path.Combine(Folder, "installed"))))
            return null;
        var start = new ProcessStartInfo(Path.Combine(Source(), "up")) { RedirectStandardOutput = true };
        using var up = Process.Start(start)!;
        var said = await up.StandardOutput.ReadToEndAsync();
        await up.WaitForExitAsync();
        var line = said.Split('\n').LastOrDefault(l => l.StartsWith(Answer, StringComparison.Ordinal));
        return up.ExitCode == 0 && line is not null
            ? line[Answer.Length..].Trim()
            : throw new InvalidOperationException(
                $"tests/mongo-engine/up failed ({up.ExitCode}); what it said stands above."
            );
    }

    /// <summary>The folder of its scripts: found from the test program upwards.</summary>
    public static string Source()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "tests", "mongo-engine", "up")))
                return Path.Combine(folder.FullName, "tests", "mongo-engine");
        throw new InvalidOperationException("tests/mongo-engine is not above " + AppContext.BaseDirectory);
    }
}
