using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Endpoints that fail, as this server has found: while one does, it has one attempt in progress and rests in between, however many Subscriptions name it.
/// An endpoint is what an authority sends to: URL and headers; so no authority makes another's rest. A hint and no more: what is due is in the store.
/// </summary>
public sealed class Endpoints(TimeProvider time)
{
    /// <summary>How long a Subscription waits at most before it asks again whether the endpoint, found to fail by another, is well.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>How many are remembered: a bound for memory.</summary>
    private const int Most = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Standing> _standings = new(StringComparer.Ordinal);

    /// <summary>Begins an attempt; null when it may go ahead, else when to come again.</summary>
    public DateTimeOffset? Enter(StoredResource subscription)
    {
        var (key, now) = (KeyOf(subscription), time.GetUtcNow());
        lock (_gate)
        {
            if (!_standings.TryGetValue(key, out var standing))
            {
                Forget();
                _standings.Add(key, standing = new Standing());
            }

            if (standing.RestsUntil > now)
                return standing.RestsUntil < now + AskAgain ? standing.RestsUntil : now + AskAgain;
            if (standing.RestsUntil is not null && standing.InProgress > 0)
                return now + AskAgain;
            standing.InProgress++;
            return null;
        }
    }

    /// <summary>An attempt that was begun has ended.</summary>
    /// <param name="subscription">As it was then.</param>
    /// <param name="restsUntil">When it failed: until when the endpoint is left alone.</param>
    public void Leave(StoredResource subscription, DateTimeOffset? restsUntil)
    {
        var key = KeyOf(subscription);
        lock (_gate)
        {
            if (!_standings.TryGetValue(key, out var standing))
                return;
            standing.InProgress--;
            Rest(key, standing, restsUntil);
        }
    }

    /// <summary>The endpoint has taken something else: it is well.</summary>
    public void Recovered(StoredResource subscription)
    {
        var key = KeyOf(subscription);
        lock (_gate)
            if (_standings.TryGetValue(key, out var standing))
                Rest(key, standing, null);
    }

    private void Rest(string key, Standing standing, DateTimeOffset? until)
    {
        standing.RestsUntil = until;
        if (standing is { InProgress: 0, RestsUntil: null })
            _standings.Remove(key);
    }

    private void Forget()
    {
        if (_standings.Count < Most)
            return;
        var idle = _standings.Where(each => each.Value.InProgress == 0).MinBy(each => each.Value.RestsUntil).Key;
        if (idle is not null)
            _standings.Remove(idle);
    }

    private static string KeyOf(StoredResource subscription)
    {
        var terms = subscription.Subscription!;
        return string.Join('\n', [subscription.Authority.Value, terms.Endpoint, .. terms.Headers]);
    }

    private sealed class Standing
    {
        public int InProgress { get; set; }

        public DateTimeOffset? RestsUntil { get; set; }
    }
}
