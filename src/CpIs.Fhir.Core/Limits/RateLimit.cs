using System.Collections.Concurrent;

namespace CpIs.Fhir.Core.Limits;

/// <summary>
/// One limit with a bucket for each key. Taking a token touches memory only; <see cref="UseExchange"/> settles between
/// servers what was taken.
/// </summary>
/// <param name="prefix">Tells the keys of this limit from those of others.</param>
/// <param name="perSecond">Tokens a second, at least 1.</param>
/// <param name="burst">Tokens at once, at least 1.</param>
/// <param name="time">A clock that never goes back is taken from it.</param>
public sealed class RateLimit(char prefix, int perSecond, int burst, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Keys that are remembered: those that used some of their burst of late.</summary>
    public int Count => _buckets.Count;

    /// <summary>Takes a token of a key; where there is none, says how long it is until there will be one.</summary>
    public bool TryTake(string key, out TimeSpan wait) => Bucket(key).TryTake(Now, out wait);

    /// <summary>What was taken here since it was last asked, at most so many keys; the others wait for the next time.</summary>
    internal void TakeGranted(List<Use> uses, int most)
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (uses.Count >= most)
                return;
            if (bucket.TakeGranted() is > 0 and var granted)
                uses.Add(new Use(prefix + key, granted));
        }
    }

    /// <summary>Takes what another server has given. False for a key of another limit.</summary>
    internal bool TryDebit(Use use)
    {
        if (use.Key.Length == 0 || use.Key[0] != prefix)
            return false;
        Bucket(use.Key[1..]).Debit(use.Count, Now);
        return true;
    }

    /// <summary>Forgets keys whose bucket is full again.</summary>
    internal void Forget()
    {
        var now = Now;
        foreach (var entry in _buckets)
            if (entry.Value.IsFull(now))
                // A request at this very moment may take of the bucket that is forgotten here: one token that nobody counts.
                _buckets.TryRemove(entry);
    }

    private TokenBucket Bucket(string key) =>
        _buckets.TryGetValue(key, out var bucket)
            ? bucket
            : _buckets.GetOrAdd(key, static (_, limit) => limit.NewBucket(), this);

    private TokenBucket NewBucket() => new(perSecond, burst, Now);
}
