namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Endpoints that fail, as this server has found: while one does, it has one attempt in progress and rests in between, however many Subscriptions name it.
/// A hint and no more: what is due is in the store.
/// </summary>
public sealed class Endpoints(TimeProvider time)
{
    /// <summary>How long a Subscription waits for the attempt of another at the same failing endpoint.</summary>
    public static readonly TimeSpan AfterAnother = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Standing> _standings = new(StringComparer.Ordinal);

    /// <summary>Begins an attempt; null when it may go ahead, else when to come again.</summary>
    public DateTimeOffset? Enter(string endpoint)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (!_standings.TryGetValue(endpoint, out var standing))
                _standings.Add(endpoint, standing = new Standing());
            if (standing.RestsUntil > now)
                return standing.RestsUntil;
            if (standing.RestsUntil is not null && standing.InProgress > 0)
                return now + AfterAnother;
            standing.InProgress++;
            return null;
        }
    }

    /// <summary>An attempt has ended.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="restsUntil">When it failed: until when it is left alone.</param>
    public void Leave(string endpoint, DateTimeOffset? restsUntil)
    {
        lock (_gate)
        {
            var standing = _standings[endpoint];
            standing.InProgress--;
            standing.RestsUntil = restsUntil;
            if (standing is { InProgress: 0, RestsUntil: null })
                _standings.Remove(endpoint);
        }
    }

    private sealed class Standing
    {
        public int InProgress { get; set; }

        public DateTimeOffset? RestsUntil { get; set; }
    }
}
