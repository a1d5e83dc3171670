using CpIs.Fhir.Core;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>
/// Says that the data directory is in use: an exclusive lock on <c>cpis.lock</c>, which the operating system gives back
/// when the process ends, however it ends. The file itself stays and means nothing.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreUnavailableException">Another process, or another store of this one, has the directory.</exception>
    public static StoreLock Take(string directory)
    {
        var path = Path.Combine(directory, "cpis.lock");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new StoreLock(new FileStream(path, options));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The data directory '{directory}' cannot be locked: another process uses it, or '{path}' cannot be written. "
                    + "Stop the other server, or give this one its own directory (--data DIR).",
                failure
            );
        }
    }

    public void Dispose() => _file.Dispose();
}
