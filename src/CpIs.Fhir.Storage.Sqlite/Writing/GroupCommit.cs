using System.Diagnostics;
using CpIs.Fhir.Core;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Writing;

/// <summary>
/// The one writer: a thread with its own connection that takes what waits, writes each in a savepoint of its own, makes
/// all of it durable with one commit (one fdatasync, 1-10 ms) and then answers the waiters. See docs/adr/0003.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly string _file;
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly JobQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteJob> _group = [];
    private Connection? _connection;
    private long _commits;
    private int _lastGroup;
    private TimeSpan _lastCommit;

    // Those who write at the moment: the last group, which comes back, and those who waited when it was told.
    private int _expected;

    /// <summary>Takes over an open connection and starts the thread.</summary>
    public GroupCommit(string file, Connection connection, SqliteStoreOptions options, TimeProvider time)
    {
        (_file, _connection, _options, _time) = (file, connection, options, time);
        _queue = new JobQueue(options.QueueLimit);
        _checkpointer = new Checkpointer(file, options);
        new Thread(Run) { IsBackground = true, Name = "cpis store writer" }.Start();
    }

    /// <summary>Statements prepared by the writer. Only while nothing is being written.</summary>
    public IEnumerable<string> Prepared => _connection?.Prepared ?? [];

    /// <summary>Commits since opening.</summary>
    public long CommitCount => Interlocked.Read(ref _commits);

    /// <summary>Writes and returns when it is durable.</summary>
    /// <param name="write">Runs on the writer thread inside a savepoint; whatever can be computed before should be.</param>
    /// <param name="large">True for an upload.</param>
    /// <param name="cancellation">Cancels the wait and, where it has not begun, the write.</param>
    /// <exception cref="StoreUnavailableException">It failed, or is not durable yet at the timeout.</exception>
    public async Task<T> WriteAsync<T>(Func<Connection, Written<T>> write, bool large, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var job = new WriteJob<T>(write, large);
        if (!_queue.TryAdd(job))
            throw new StoreUnavailableException(
                "The store accepts no more writes: too many are waiting, or it is closing."
            );
        try
        {
            return await job.Done.WaitAsync(_options.WriteTimeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new StoreUnavailableException(
                job.TryWithdraw()
                    ? $"Not written within {_options.WriteTimeout.TotalSeconds} s, and withdrawn."
                    : $"Not known to be durable within {_options.WriteTimeout.TotalSeconds} s."
            );
        }
        catch (OperationCanceledException)
        {
            job.TryWithdraw();
            throw;
        }
    }

    /// <summary>Writes what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task;
        _checkpointer.Dispose();
        _connection?.Dispose();
    }

    private void Run()
    {
        while (_queue.TakeFirst(out var first))
        {
            _group.Clear();
            try
            {
                WriteGroup(first);
                foreach (var job in _group)
                    job.Complete();
                _expected = _group.Count + _queue.Waiting;
            }
            catch (Exception failure)
            {
                Abandon(failure);
            }
        }

        _ended.SetResult();
    }

    private void WriteGroup(WriteJob first)
    {
        var patience = Patience;
        for (var job = first; job is not null; job = Next(ref patience))
        {
            if (!job.TryBegin())
                continue;
            _group.Add(job);
            if (_group.Count == 1)
                Begin();
            WriteInSavepoint(job);
        }

        if (_group.Count == 0)
            return;
        var start = Stopwatch.GetTimestamp();
        _connection!.Run("COMMIT");
        (_lastCommit, _lastGroup) = (Stopwatch.GetElapsedTime(start), _group.Count);
        Interlocked.Increment(ref _commits);
        _checkpointer.AfterCommit(_connection);
    }

    /// <summary>
    /// How long a group may wait for those who have just been told and come back, where the last group was one of several:
    /// half a commit, 1 to 4 ms. Without it the writers part into two crowds that each wait for two commits, and where the
    /// disk is fast, many small commits would take the processor from the look-ups. A writer that was alone before is alone
    /// again: it never waits.
    /// </summary>
    private TimeSpan Patience =>
        _lastGroup > 1 ? TimeSpan.FromMilliseconds(Math.Clamp(_lastCommit.TotalMilliseconds / 2, 1, 4)) : TimeSpan.Zero;

    private WriteJob? Next(ref TimeSpan patience)
    {
        if (_group.Count >= _options.GroupLimit)
            return null;
        var wait = _group.Count < _expected ? patience : TimeSpan.Zero;
        var start = Stopwatch.GetTimestamp();
        var found = _queue.TakeNext(wait, _expected - _group.Count, out var job);
        if (wait > TimeSpan.Zero)
            patience -= Stopwatch.GetElapsedTime(start);
        return found ? job : null;
    }

    private void Begin()
    {
        _connection ??= Connection.OpenWriter(_file);
        _connection.Run("BEGIN IMMEDIATE");
    }

    private void WriteInSavepoint(WriteJob job)
    {
        Debug.Assert(_connection is not null);
        _connection.Run("SAVEPOINT job");
        try
        {
            if (!job.Write(_connection))
                _connection.Run("ROLLBACK TO job");
        }
        catch (Exception failure) when (_connection.InTransaction)
        {
            job.Fail(failure);
            _connection.Run("ROLLBACK TO job");
        }

        _connection.Run("RELEASE job");
    }

    /// <summary>
    /// The group as a whole failed. Nothing of it may be told as done; whether it is on the disk is not known when it was
    /// the commit that failed.
    /// </summary>
    private void Abandon(Exception failure)
    {
        foreach (var job in _group)
            job.Fail(
                failure is SqliteException ? failure : new StoreUnavailableException("The store failed.", failure)
            );
        try
        {
            if (_connection is { InTransaction: true })
                _connection.Run("ROLLBACK");
            if (failure is SqliteException sqlite && StoreFailure.LeavesConnectionSound(sqlite))
                return;
        }
        catch (SqliteException)
        {
            // Falls through: the connection is given up, and its transaction with it.
        }

        _connection?.Dispose();
        _connection = null;
    }
}
