namespace CpIs.Fhir.Core.Limits;

/// <summary>
/// Settles between the servers of a store what each has granted: one step writes what was granted here since the last one
/// and debits what the others granted. Every grant is debited once on every other server, whatever fails in between; a
/// server that dies holds up nobody. Used by one caller at a time. See docs/adr/0020 for what may be granted too much.
/// </summary>
public sealed class UseExchange(IUseLedger ledger, string server, IReadOnlyList<RateLimit> limits, TimeProvider time)
{
    /// <summary>From one step to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Keys in one report at most.</summary>
    public const int MostKeys = 5_000;

    private readonly Dictionary<string, (long Number, DateTimeOffset Time)> _seen = new(StringComparer.Ordinal);
    private UseReport? _unsent;
    private long _number;
    private bool _begun;

    /// <summary>One step.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The store did not answer. Nothing is lost: the same report is sent again by the next step.
    /// </exception>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        _unsent ??= TakeReport(now);
        var since = now - IUseLedger.KeptFor;
        var reports = await ledger
            .ExchangeAsync(_unsent, server, _seen.ToDictionary(s => s.Key, s => s.Value.Number), since, cancellation)
            .ConfigureAwait(false);
        _unsent = null;
        foreach (var report in reports)
        {
            _seen[report.Server] = (report.Number, report.Time);
            // What was granted before this server began was granted of tokens that have come back since.
            if (_begun)
                Debit(report);
        }

        _begun = true;
        foreach (var (other, seen) in _seen)
            if (seen.Time < since - IUseLedger.KeptFor)
                _seen.Remove(other);
        foreach (var limit in limits)
            limit.Forget();
    }

    private UseReport? TakeReport(DateTimeOffset now)
    {
        var uses = new List<Use>();
        foreach (var limit in limits)
            limit.TakeGranted(uses, MostKeys);
        return uses.Count == 0 ? null : new UseReport(server, ++_number, now, uses);
    }

    private void Debit(UseReport report)
    {
        foreach (var use in report.Uses)
        foreach (var limit in limits)
            if (limit.TryDebit(use))
                break;
    }
}
