using System.Security.Cryptography;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// The keys of a sealed store in a file that its owner alone can read. Keep a copy away from the store: without it nothing
/// opens, and nobody can make it again.
/// </summary>
/// <param name="path">The file.</param>
public sealed class ProtectionKeyFile(string path) : IProtectionKeySource
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private const int MostBytes = 64 * 1024;

    /// <inheritdoc />
    public Task<ProtectionKeys> ReadAsync(CancellationToken cancellation) => Task.Run(Read, cancellation);

    /// <summary>Reads the keys.</summary>
    /// <exception cref="InvalidDataException">It is not a key file, or others may open it; the message says which and repeats no key.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ProtectionKeys Read()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (!OperatingSystem.IsWindows() && IsOpenToOthers(File.GetUnixFileMode(file.SafeFileHandle)))
            throw new InvalidDataException($"Other users can open {path}. Run: chmod 600 '{path}'");
        if (!file.CanSeek || file.Length > MostBytes)
            throw new InvalidDataException($"{path} is not a file, or is too long to be a key file.");
        var json = GC.AllocateUninitializedArray<byte>((int)file.Length, pinned: true);
        try
        {
            file.ReadExactly(json);
            return ProtectionKeyJson.Read(json);
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"{path} is not a key file: {wrong.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>Writes a new file (0600).</summary>
    /// <exception cref="IOException">There is one already, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Create(ProtectionKeys keys) => Write(path, keys);

    /// <summary>
    /// Puts other keys in the place of those of the file, whole or not at all: a torn key file would be the loss of the store.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Replace(ProtectionKeys keys)
    {
        var beside = path + ".new";
        Write(beside, keys);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>
    /// The one group that may read it is that of a file which nobody may write (0440): so systemd hands a credential to a
    /// service, and Kubernetes a secret to a pod, for which the group is the service's own.
    /// </summary>
    private static bool IsOpenToOthers(UnixFileMode mode) =>
        (mode & Others) != 0 && mode != (UnixFileMode.UserRead | UnixFileMode.GroupRead);

    private static void Write(string path, ProtectionKeys keys)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        var json = ProtectionKeyJson.Write(keys);
        using var file = new FileStream(path, options);
        file.Write(json);
        file.Flush(flushToDisk: true);
        CryptographicOperations.ZeroMemory(json);
    }
}
