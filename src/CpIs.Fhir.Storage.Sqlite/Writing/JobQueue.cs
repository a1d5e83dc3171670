using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Storage.Sqlite.Writing;

/// <summary>
/// Writes that wait for the writer thread, uploads apart from the rest. A plain monitor instead of a Channel: the one
/// reader is a thread of its own that must block, which a Channel can do only by blocking on a task.
/// </summary>
internal sealed class JobQueue(int limit)
{
    private readonly object _gate = new();
    private readonly Queue<WriteJob> _small = new();
    private readonly Queue<WriteJob> _large = new();

    // What the writer has taken but not yet begun: it takes all that waits at once, so that it meets those who add under
    // the gate twice a group and not once a job.
    private readonly Queue<WriteJob> _taken = new();
    private int _wanted = 1;
    private bool _closed;
    private bool _largeWasLast;

    /// <summary>Small writes that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _small.Count + _taken.Count;
        }
    }

    /// <summary>False when the queue is full or closed.</summary>
    public bool TryAdd(WriteJob job)
    {
        lock (_gate)
        {
            if (_closed || _small.Count + _large.Count >= limit)
                return false;
            (job.IsLarge ? _large : _small).Enqueue(job);
            if (_small.Count == _wanted || _large.Count == 1)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>
    /// Waits for the first job of a group. An upload goes first in its group, so that what arrives while it is written
    /// shares its fdatasync; but after each upload those that wait get a group without one.
    /// </summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool TakeFirst([NotNullWhen(true)] out WriteJob? job)
    {
        lock (_gate)
        {
            while (_small.Count + _large.Count + _taken.Count == 0 && !_closed)
                Monitor.Wait(_gate);
            _largeWasLast = _large.Count > 0 && (_small.Count + _taken.Count == 0 || !_largeWasLast);
            if (_largeWasLast)
                return _large.TryDequeue(out job);
            return _taken.TryDequeue(out job) || _small.TryDequeue(out job);
        }
    }

    /// <summary>
    /// One more for the same group, if one waits now. Else it waits until as many as are wanted have come or the patience
    /// (whole milliseconds) is over: woken once, and not for each of them.
    /// </summary>
    public bool TakeNext(TimeSpan patience, int wanted, [NotNullWhen(true)] out WriteJob? job)
    {
        if (_taken.TryDequeue(out job))
            return true;
        lock (_gate)
        {
            if (_small.Count < wanted && patience > TimeSpan.Zero && !_closed)
            {
                _wanted = wanted;
                Monitor.Wait(_gate, (int)Math.Ceiling(patience.TotalMilliseconds));
                _wanted = 1;
            }

            while (_small.TryDequeue(out var waiting))
                _taken.Enqueue(waiting);
        }

        return _taken.TryDequeue(out job);
    }

    /// <summary>Takes no more; what waits is still written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
