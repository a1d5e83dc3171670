namespace CpIs.Fhir.Core.Limits;

/// <summary>
/// A bucket that fills at a rate up to its burst and gives one token for each request. What other servers gave of it is
/// debited afterwards, below zero if need be: nothing is given here until the debt is paid back at the same rate.
/// </summary>
internal sealed class TokenBucket(int perSecond, int burst, TimeSpan start)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private TimeSpan _filledTo = start;
    private int _granted;

    /// <summary>Takes a token; where there is none, says how long it is until there will be one.</summary>
    /// <param name="now">Time on any clock that never goes back.</param>
    /// <param name="wait">Zero when one was taken.</param>
    public bool TryTake(TimeSpan now, out TimeSpan wait)
    {
        lock (_gate)
        {
            Fill(now);
            if (_tokens < 1)
            {
                wait = TimeSpan.FromSeconds((1 - _tokens) / perSecond);
                return false;
            }

            _tokens--;
            _granted++;
            wait = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Takes what another server has given.</summary>
    public void Debit(int count, TimeSpan now)
    {
        lock (_gate)
        {
            Fill(now);
            _tokens -= count;
        }
    }

    /// <summary>How many were taken here since the last time this was asked.</summary>
    public int TakeGranted()
    {
        lock (_gate)
        {
            var granted = _granted;
            _granted = 0;
            return granted;
        }
    }

    /// <summary>True when it is as good as new, and may be forgotten.</summary>
    public bool IsFull(TimeSpan now)
    {
        lock (_gate)
        {
            Fill(now);
            return _granted == 0 && _tokens >= burst;
        }
    }

    private void Fill(TimeSpan now)
    {
        if (now <= _filledTo)
            return;
        _tokens = Math.Min(burst, _tokens + (now - _filledTo).TotalSeconds * perSecond);
        _filledTo = now;
    }
}
