using System.Runtime.InteropServices;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>A process that can be killed, frozen, and started again as it was.</summary>
internal sealed class RestartableProcess(Func<Task<GuardedProcess>> start) : IAsyncDisposable
{
    private const int Stop = 19; // SIGSTOP and SIGCONT of Linux
    private const int Continue = 18;

    private GuardedProcess? _running;

    /// <summary>Starts it, if it does not run.</summary>
    public async Task StartAsync()
    {
        if (_running is { HasExited: false })
            return;
        await KillAsync();
        _running = await start();
    }

    public async ValueTask KillAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _running = null;
    }

    /// <summary>Stops it and its children; the parent first, so that it makes no more of them.</summary>
    public void Freeze() => Signal(Stop);

    public void Thaw() => Signal(Continue);

    public ValueTask DisposeAsync() => KillAsync();

    private void Signal(int signal)
    {
        if (_running is not { HasExited: false })
            return;
        Send(_running.Id, signal);
        foreach (var child in _running.Children())
            Send(child, signal);
    }

    /// <summary>A stop has come when no thread runs any more: until then it may answer one more request.</summary>
    private static void Send(int id, int signal)
    {
        if (
            Kill(id, signal) == 0
            && signal == Stop
            && !SpinWait.SpinUntil(() => Threads(id).All(IsStopped), TimeSpan.FromMinutes(1))
        )
            throw new InvalidOperationException($"Process {id} did not stop.");
    }

    private static string[] Threads(int id)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{id}/task")];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[stat.LastIndexOf(')') + 2] is 'T' or 'Z' or 'X';
        }
        catch (IOException) // it has ended
        {
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int id, int signal);
}
