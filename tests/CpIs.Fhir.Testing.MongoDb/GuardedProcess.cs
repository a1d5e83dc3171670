using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// A process that ends when this one does, however this one ends. A shell stands between: it holds a pipe from us, and when
/// the pipe closes (which the kernel does for us, even on kill -9) it kills the process and its children by their ids.
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    private const string Guard = """
        log=$1 remove=$2; shift 2
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        child=$!
        echo "$child"
        exec >/dev/null 2>&1
        { read -r -u 3; kill -KILL "$child" $(cat "/proc/$child/task/$child/children"); } &
        watch=$!
        wait "$child"
        kill "$watch"
        [ -z "$remove" ] || rm -rf "$remove"
        """;

    private readonly Process _guard;

    // Of an engine that the whole program shares nobody holds this; collected, its pipe would close and end the engine.
    private GCHandle _held;

    private GuardedProcess(Process guard, int id) => (_guard, Id, _held) = (guard, id, GCHandle.Alloc(this));

    /// <summary>The process id of the command itself.</summary>
    public int Id { get; }

    public bool HasExited => _guard.HasExited;

    /// <summary>Starts a command; what it prints is appended to a file.</summary>
    public static Task<GuardedProcess> StartAsync(string log, params IEnumerable<string> command) =>
        StartAsync(log, remove: "", command);

    /// <summary>Starts a command whose folder is removed when it has ended.</summary>
    public static async Task<GuardedProcess> StartAsync(string log, string remove, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Guard, "guard", log, remove, .. command])
            start.ArgumentList.Add(argument);
        var guard = Process.Start(start)!;
        var id = await guard.StandardOutput.ReadLineAsync();
        return new(guard, int.Parse(id!, CultureInfo.InvariantCulture));
    }

    /// <summary>The process ids of its children.</summary>
    public int[] Children() =>
        [
            .. File.ReadAllText($"/proc/{Id}/task/{Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Waits until a command that runs another in its place has done so.</summary>
    public Task UntilItIsAsync(string program) =>
        Eventually.TrueAsync(
            async () => await File.ReadAllTextAsync($"/proc/{Id}/comm") == program + "\n",
            () => $"{Id} is {program}"
        );

    /// <summary>Kills the process and its children, and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
        _held.Free();
    }
}
