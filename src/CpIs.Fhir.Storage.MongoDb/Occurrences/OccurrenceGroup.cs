using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Occurrences;

/// <summary>
/// Occurrences that wait at the same moment share one insert, and so one command and one confirmation by a majority. Whoever
/// comes while fewer than <see cref="Lanes"/> inserts are in progress is sent at once; the others wait until one ends. It is a
/// short way for when all is well: of whom an insert does not say that a majority has it, nothing is concluded, and each is
/// written alone. So one that fails never fails its group. See docs/adr/0024.
/// </summary>
internal sealed class OccurrenceGroup(IMongoCollection<BsonDocument> occurrences)
{
    /// <summary>
    /// Inserts in progress at a time. Few, so that groups are large where many wait; several, so that nobody waits for the
    /// whole of the insert before.
    /// </summary>
    private const int Lanes = 4;

    /// <summary>Most documents of one insert: some 100 KB.</summary>
    private const int Most = 100;

    /// <summary>Inserts that take longer, on connections that hang perhaps, hold up nobody else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly InsertManyOptions EachForItself = new() { IsOrdered = false };

    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private int _lanes;
    private bool _isWatched;

    /// <summary>True when a majority has it in its journal; false when that is not known, and it is to be written alone.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; it may be written all the same.</exception>
    public Task<bool> TryAddAsync(BsonDocument document, CancellationToken cancellation)
    {
        var waiter = new Waiter(document, cancellation);
        bool opens;
        lock (_gate)
        {
            _waiting.Enqueue(waiter);
            opens = _lanes < Lanes;
            if (opens)
                _lanes++;
            else if (!_isWatched)
            {
                _isWatched = true;
                _ = WatchAsync();
            }
        }

        if (opens)
            _ = RunAsync();
        return waiter.ToldAsync();
    }

    /// <summary>While anybody waits: opens one more lane where those that there are seem to hang.</summary>
    private async Task WatchAsync()
    {
        while (true)
        {
            await Task.Delay(Patience);
            lock (_gate)
            {
                _isWatched = _waiting.TryPeek(out var first);
                if (!_isWatched)
                    return;
                if (first!.HasWaited < Patience)
                    continue;
                _lanes++;
            }

            _ = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } group)
            await WriteAsync(group);
    }

    /// <summary>Those who wait; nobody when the lane has ended.</summary>
    private List<Waiter> Take()
    {
        lock (_gate)
        {
            var group = new List<Waiter>(Math.Min(_waiting.Count, Most));
            while (group.Count < Most && _waiting.TryDequeue(out var waiter))
                if (!waiter.IsGone)
                    group.Add(waiter);
            if (group.Count == 0)
                _lanes--;
            return group;
        }
    }

    private async Task WriteAsync(List<Waiter> group)
    {
        var unknown = await InsertAsync(group);
        for (var i = 0; i < group.Count; i++)
            group[i].Tell(isDurable: unknown is not null && !unknown.Contains(i));
    }

    /// <summary>Indexes of those of whom it is not known whether a majority has them; null for all.</summary>
    private async Task<HashSet<int>?> InsertAsync(List<Waiter> group)
    {
        try
        {
            // Ends by the driver's own timeouts: a caller who goes away must not take the others along.
            await occurrences.InsertManyAsync(group.Select(waiter => waiter.Document), EachForItself);
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> some)
            when (some.WriteConcernError is null && some.UnprocessedRequests.Count == 0)
        {
            return [.. some.WriteErrors.Select(error => error.Index)];
        }
        catch (Exception)
        {
            // Whatever it was, each finds out for itself, and is told its own failure and not another's.
            return null;
        }
    }

    private sealed class Waiter(BsonDocument document, CancellationToken cancellation)
    {
        // Continuations run on the thread pool: a lane must never run a waiter's code.
        private readonly TaskCompletionSource<bool> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _since = Stopwatch.GetTimestamp();

        public BsonDocument Document => document;

        public TimeSpan HasWaited => Stopwatch.GetElapsedTime(_since);

        public bool IsGone => cancellation.IsCancellationRequested;

        public Task<bool> ToldAsync() => _told.Task.WaitAsync(cancellation);

        public void Tell(bool isDurable) => _told.TrySetResult(isDurable);
    }
}
