using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// Which look-ups refused as too many (429) are recorded: the first <see cref="PerMinute"/> of a person in a minute. One
/// person who asks 200 times a second would else write 2 GB an hour. Every one is counted in the metric
/// <c>cpis.lookups.throttled</c>, and the next one recorded says how many before it were not.
/// </summary>
public sealed class ThrottledLookUps : IDisposable
{
    /// <summary>Most that are recorded of one person in a minute.</summary>
    public const int PerMinute = 10;

    private const int MostPersons = 10_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(OdsCode Organisation, string Who), Tally> _tallies = new();
    private readonly TimeProvider _time;
    private readonly Meter _meter = new("CpIs.Fhir.LookUps");
    private readonly Counter<long> _throttled;

    /// <summary>With the clock that minutes are counted by.</summary>
    public ThrottledLookUps(TimeProvider time)
    {
        _time = time;
        _throttled = _meter.CreateCounter<long>("cpis.lookups.throttled");
    }

    /// <summary>Counts one. True when it is to be recorded.</summary>
    /// <param name="caller">Who was refused; without a person, the client counts as one.</param>
    /// <param name="omitted">How many of this person, before this one, were counted and not recorded.</param>
    public bool IsRecorded(Caller caller, out long omitted)
    {
        var tally = _tallies.GetOrAdd(
            (caller.Organisation, caller.Person?.SdsUserId ?? caller.ClientId),
            static _ => new Tally()
        );
        var recorded = tally.Add(_time.GetUtcNow(), out omitted);
        _throttled.Add(1, new KeyValuePair<string, object?>("recorded", recorded));
        if (_tallies.Count > MostPersons)
            Forget();
        return recorded;
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Forget()
    {
        var now = _time.GetUtcNow();
        foreach (var entry in _tallies)
            if (entry.Value.IsOver(now))
                _tallies.TryRemove(entry);
    }

    private sealed class Tally
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _began = DateTimeOffset.MinValue;
        private int _recorded;
        private long _omitted;

        public bool Add(DateTimeOffset now, out long omitted)
        {
            lock (_gate)
            {
                if (now - _began >= Minute || now < _began)
                    (_began, _recorded) = (now, 0);
                if (_recorded == PerMinute)
                {
                    omitted = ++_omitted;
                    return false;
                }

                _recorded++;
                (omitted, _omitted) = (_omitted, 0);
                return true;
            }
        }

        public bool IsOver(DateTimeOffset now)
        {
            lock (_gate)
                return _omitted == 0 && now - _began >= Minute;
        }
    }
}
