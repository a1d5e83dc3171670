using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Epochs;

/// <summary>
/// Keeps the mark of a store while it is open: written at once, each minute, and when it is closed. What cannot be written later than at the opening
/// is left for the next time; a mark that says too little refuses nothing.
/// </summary>
internal sealed class MarkKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly string _file;
    private readonly RestoreMarkFile _mark;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private MarkKeeper(string file, RestoreMarkFile mark, TimeProvider time)
    {
        (_file, _mark, _time) = (file, mark, time);
        _timer = time.CreateTimer(_ => TryWrite(), null, Every, Every);
    }

    /// <summary>Refuses a store that is behind its mark.</summary>
    /// <exception cref="StoreUnavailableException">It is; the message says what to do.</exception>
    public static void Check(Connection connection, SqliteStoreOptions options, string directory)
    {
        if (options.RestoreMark is { } path)
            new RestoreMarkFile(path).Check(EpochRows.Read(connection), directory);
    }

    /// <summary>Begins, where a mark is wanted.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public static MarkKeeper? Start(Connection connection, string file, SqliteStoreOptions options, TimeProvider time)
    {
        if (options.RestoreMark is not { } path)
            return null;
        var mark = new RestoreMarkFile(path);
        mark.Write(RestoreMark.Of(EpochRows.Read(connection), time.GetUtcNow()));
        return new MarkKeeper(file, mark, time);
    }

    /// <summary>After the last write to the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        TryWrite();
    }

    private void TryWrite()
    {
        lock (_gate)
            try
            {
                // Not one that only reads: the last to close the file would leave its log behind.
                using var connection = Connection.OpenWriter(_file);
                _mark.Write(RestoreMark.Of(EpochRows.Read(connection), _time.GetUtcNow()));
            }
            catch (Exception failure)
                when (failure is StoreUnavailableException or Microsoft.Data.Sqlite.SqliteException)
            {
                // In a minute again.
            }
    }
}
