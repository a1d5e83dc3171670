using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;

namespace CpIs.Fhir.Storage.Sqlite.Epochs;

/// <summary>The mark of a store as a file, best on another disk (<see cref="RestoreMark"/>).</summary>
/// <param name="path">Where.</param>
public sealed class RestoreMarkFile(string path)
{
    /// <summary>Null where there is none yet.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read; the message says what to do.</exception>
    public RestoreMark? Read()
    {
        try
        {
            return !File.Exists(path) ? null : RestoreMark.TryRead(File.ReadAllBytes(path)) ?? throw Unreadable(null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(failure);
        }
    }

    /// <summary>Refuses a store that has given less than its mark says.</summary>
    /// <exception cref="StoreUnavailableException">It has; the message says what to do.</exception>
    public void Check(StoreEpoch store, string directory)
    {
        if (Read()?.FindAhead(store) is { } ahead)
            throw new StoreUnavailableException(
                $"The store in '{directory}' is older than its mark '{path}' (Store:RestoreMark): {ahead}. If it was restored from a backup, run "
                    + $"'cpis store restored --store sqlite:{directory} --mark {path}' first. If it is another store, give it a mark of its own."
            );
    }

    /// <summary>Puts a mark in the place of the one before. Ended anywhere, one of the two is there.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    internal void Write(RestoreMark mark)
    {
        try
        {
            var next = path + ".next";
            using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(mark.ToBytes());
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The mark '{path}' cannot be written (Store:RestoreMark). Name a file in an existing folder, on another disk than the store, that the server may write.",
                failure
            );
        }
    }

    private StoreUnavailableException Unreadable(Exception? failure) =>
        new(
            $"The mark '{path}' cannot be read (Store:RestoreMark). If the store was restored from a backup, run 'cpis store restored' first; then move this file away.",
            failure
        );
}
