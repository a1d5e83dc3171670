using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Does a thing once in a time, whatever server does it and however often one is started: a lease stands for each thing that was done. What was cut off in the
/// middle is done again when <see cref="AttemptTime"/> is over, so it may happen twice, and is not lost.
/// </summary>
public sealed class OnceIn(ILeaseStore leases, IdGenerator ids, TimeProvider time)
{
    /// <summary>Longer than doing it takes.</summary>
    public static readonly TimeSpan AttemptTime = TimeSpan.FromMinutes(5);

    // Spares the store a question each minute.
    private readonly Dictionary<string, DateTimeOffset> _quiet = new(StringComparer.Ordinal);

    /// <summary>Does it, unless it was done. One caller at a time.</summary>
    /// <param name="what">Names the thing; at most 200 characters.</param>
    /// <param name="work">Does it, and says for how long it is not to be done again; zero or less when it is to be done again.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task DoAsync(string what, Func<Task<TimeSpan>> work, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var (lapsed, _) in _quiet.Where(each => each.Value <= now).ToList())
            _quiet.Remove(lapsed);
        if (_quiet.ContainsKey(what))
            return;
        // A name of its own for each attempt: a lease that its holder had already would be given again.
        var attempt = ids.Next();
        if (!await leases.TryHoldAsync(what, attempt, now, AttemptTime, cancellation).ConfigureAwait(false))
        {
            _quiet[what] = now + AttemptTime;
            return;
        }

        var again = TimeSpan.Zero;
        try
        {
            again = await work().ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(what, attempt, again).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(string what, string attempt, TimeSpan again)
    {
        var now = time.GetUtcNow();
        if (again <= TimeSpan.Zero)
        {
            await leases.ReleaseAsync(what, attempt, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        _quiet[what] = now + again;
        await leases.TryHoldAsync(what, attempt, now, again, CancellationToken.None).ConfigureAwait(false);
    }
}
