using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Occurrences;

/// <summary>
/// Occurrences that wait at the same moment share one insert, and so one command and one confirmation by a majority. Whoever
/// comes while fewer than <see cref="Lanes"/> inserts are under way is sent at once, alone or not; the others wait until one
/// ends. Only a short way for when all is well: of whom the insert does not say that it is there, nobody is told anything,
/// and each finds out for itself. So one that fails never fails its group.
/// </summary>
internal sealed class OccurrenceGroup(IMongoCollection<BsonDocument> occurrences, TimeProvider time)
{
    /// <summary>Inserts under way at a time: the next is being made and sent while a majority confirms the one before.</summary>
    public static int Lanes { get; set; } = int.Parse(Environment.GetEnvironmentVariable("LANES") ?? "2");

    /// <summary>Most documents of one insert: some 100 KB.</summary>
    public const int Most = 100;

    /// <summary>An insert that takes longer than that, on a connection that hangs perhaps, holds nobody else up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly InsertManyOptions EachForItself = new() { IsOrdered = false };

    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private int _lanes;

    /// <summary>True when a majority has it in its journal; false when nobody knows, and it is to be written alone.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; it may be written all the same.</exception>
    public Task<bool> TryAddAsync(BsonDocument document, CancellationToken cancellation)
    {
        var waiter = new Waiter(document, time.GetTimestamp(), cancellation);
        lock (_gate)
        {
            _waiting.Enqueue(waiter);
            if (_lanes >= Lanes && time.GetElapsedTime(_waiting.Peek().Since) < Patience)
                return waiter.ToldAsync();
            _lanes++;
        }

        _ = RunAsync();
        return waiter.ToldAsync();
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } group)
            await WriteAsync(group);
    }

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
        HashSet<int> unsaid = [];
        try
        {
            await occurrences.InsertManyAsync(group.Select(waiter => waiter.Document), EachForItself);
        }
        catch (MongoBulkWriteException<BsonDocument> some)
            when (some.WriteConcernError is null && some.UnprocessedRequests.Count == 0)
        {
            unsaid = [.. some.WriteErrors.Select(error => error.Index)];
        }
        catch (Exception)
        {
            // Whatever it was, it says nothing of any single one.
            unsaid = [.. Enumerable.Range(0, group.Count)];
        }

        for (var i = 0; i < group.Count; i++)
            group[i].Tell(!unsaid.Contains(i));
    }

    private sealed class Waiter(BsonDocument document, long since, CancellationToken cancellation)
    {
        private readonly TaskCompletionSource<bool> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BsonDocument Document => document;

        public long Since => since;

        public bool IsGone => cancellation.IsCancellationRequested;

        public Task<bool> ToldAsync() => _told.Task.WaitAsync(cancellation);

        public void Tell(bool isThere) => _told.TrySetResult(isThere);
    }
}
