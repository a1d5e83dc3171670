using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Writing;

/// <summary>
/// Copies the log into the file on a thread of its own, so that no waiting look-up pays for it. Under endless load that
/// never quite catches up, so past a limit the writer finishes the little that is left and the log starts again.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private readonly string _file;
    private readonly SqliteStoreOptions _options;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly Thread _thread;
    private volatile bool _closing;
    private volatile bool _running;
    private int _sinceCopy;
    private int _sinceFinish;

    public Checkpointer(string file, SqliteStoreOptions options)
    {
        (_file, _options) = (file, options);
        _thread = new Thread(Run) { IsBackground = true, Name = "cpis store checkpointer" };
        _thread.Start();
    }

    /// <summary>Counts what the commit wrote. Called by the writer thread after its commit.</summary>
    public void AfterCommit(Connection writer)
    {
        var pages = writer.TakePagesWritten();
        _sinceCopy += pages;
        _sinceFinish += pages;
        if (_running || _sinceCopy < _options.CheckpointPages)
            return;
        // The other thread has just ended a copy, so what is left is small. A reader may be in the way: then that thread
        // goes on, and the writer tries again after as many pages.
        if (_sinceFinish >= _options.LogLimitPages && IsFinished(writer))
        {
            _sinceFinish = 0;
            return;
        }

        _sinceCopy = 0;
        _running = true;
        _wanted.Set();
    }

    public void Dispose()
    {
        _closing = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
    }

    private void Run()
    {
        Connection? connection = null;
        while (true)
        {
            _wanted.WaitOne();
            if (_closing)
                break;
            try
            {
                connection ??= Connection.OpenWriter(_file);
                connection.Checkpoint();
            }
            catch (SqliteException)
            {
                // The log keeps what could not be copied: nothing is lost, and the next commit's count tries again.
                connection?.Dispose();
                connection = null;
            }

            _running = false;
        }

        connection?.Dispose();
    }

    private static bool IsFinished(Connection connection)
    {
        try
        {
            return connection.Checkpoint();
        }
        catch (SqliteException)
        {
            // The commit before it is durable and must be told as such; the log keeps what could not be copied.
            return false;
        }
    }
}
