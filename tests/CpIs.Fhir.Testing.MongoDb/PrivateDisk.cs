using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// A small disk in memory over one folder, seen in a mount namespace of its own. It lives as long as the process that holds it,
/// and that one as long as we do: nothing of it can stay behind.
/// </summary>
internal sealed class PrivateDisk : IAsyncDisposable
{
    private const int Block = 64 * 1024;

    private readonly GuardedProcess? _holder;
    private readonly string _ballast;

    private PrivateDisk(GuardedProcess? holder, string folder) =>
        (_holder, _ballast) = (holder, $"/proc/{holder?.Id}/root{folder}/ballast");

    /// <summary>The disk of this machine, which is never filled.</summary>
    public static PrivateDisk None { get; } = new(null, "");

    /// <summary>What runs a command so that it sees the disk.</summary>
    public IEnumerable<string> Enter => _holder is null ? [] : ["nsenter", $"--mount=/proc/{_holder.Id}/ns/mnt"];

    /// <summary>Makes one over a folder, with a copy of another folder on it. Skips the running test where that is not allowed.</summary>
    public static async Task<PrivateDisk> CreateAsync(string folder, string copyOf, int megabytes)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "To fill a disk of its own needs root.");
        var holder = await GuardedProcess.StartAsync("/dev/null", "unshare", "--mount", "sleep", "infinity");
        var disk = new PrivateDisk(holder, folder);
        await holder.UntilItIsAsync("sleep");
        Directory.CreateDirectory(folder);
        await Tool.RunAsync([.. disk.Enter, "mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder]);
        await Tool.RunAsync([.. disk.Enter, "cp", "-a", copyOf + "/.", folder]);
        return disk;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        if (_holder is null)
            throw new InvalidOperationException("Only a disk of its own can be filled.");
        using var ballast = new FileStream(_ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                ballast.Write(new byte[Block]);
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(_ballast);

    public ValueTask DisposeAsync() => _holder?.DisposeAsync() ?? ValueTask.CompletedTask;
}
