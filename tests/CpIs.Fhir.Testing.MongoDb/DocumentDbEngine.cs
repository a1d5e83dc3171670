using System.Diagnostics;
using System.Net.Sockets;

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

    private static int Port =>
        int.TryParse(Environment.GetEnvironmentVariable("CPIS_MONGO_ENGINE_PORT"), out var port) ? port : 27717;

    /// <summary>Whether it is there, and we may start it.</summary>
    public static bool IsInstalled => Environment.IsPrivilegedProcess && File.Exists(Path.Combine(Folder, "installed"));

    /// <summary>Starts it and returns its connection string; null where it is not to be had.</summary>
    public static async Task<string?> TryStartAsync()
    {
        if (IsInstalled || Environment.GetEnvironmentVariable("CPIS_MONGO_ENGINE") == "up")
            return (await RunAsync("up"))[Answer.Length..];
        return IsUp() ? $"mongodb://127.0.0.1:{Port}/?replicaSet=rs0" : null;
    }

    /// <summary>Installs what is missing, which is nothing but the gateway as a rule, and returns the gateway's path.</summary>
    public static Task<string> InstallAsync() => RunAsync("install");

    /// <summary>What the gateway is built from, as 12 digits.</summary>
    public static Task<string> SourcesAsync() => RunAsync("sources");

    /// <summary>The folder of its scripts: found from the test program upwards.</summary>
    public static string Source()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "tests", "mongo-engine", "up")))
                return Path.Combine(folder.FullName, "tests", "mongo-engine");
        throw new InvalidOperationException("tests/mongo-engine is not above " + AppContext.BaseDirectory);
    }

    /// <summary>Whether root has started it, for those who are not root.</summary>
    private static bool IsUp()
    {
        try
        {
            using var connection = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The last line that a script says; what it says on stderr goes to ours.</summary>
    private static async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo(Path.Combine(Source(), script)) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? said.TrimEnd().Split('\n')[^1]
            : throw new InvalidOperationException($"tests/mongo-engine/{script} failed; what it said stands above.");
    }
}
