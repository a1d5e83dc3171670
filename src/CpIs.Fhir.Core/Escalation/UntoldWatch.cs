using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Nobody untold unseen: looks at the oldest untold notice of every authority, subscribed or not, and raises an alarm when it becomes too old, and the operator's
/// when it gets worse: each once, until nothing of that authority is late any more. What was raised is in the memory of the server that watches; another
/// one that takes over may repeat it.
/// </summary>
public sealed class UntoldWatch(
    IWorklistStore notices,
    Worklist worklist,
    ChannelLimits limits,
    IOrganisationDirectory directory,
    UntoldGauges gauges,
    IUntoldObserver observer,
    TimeProvider time
) : IMinuteWork
{
    // True where the operator's alarm was raised too.
    private readonly Dictionary<OdsCode, bool> _raised = [];

    /// <inheritdoc />
    public string Name => "untold-watch";

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellation)
    {
        var untold = await notices.ReadUntoldAsync(cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow();
        gauges.Show(untold, Authorities(), now + MinuteShift.LeaseTime);
        foreach (var each in untold.OrderBy(each => each.Oldest).ThenBy(each => each.Authority))
            if (await LatenessAsync(each, now, cancellation).ConfigureAwait(false) is var (age, limit))
                await RaiseAsync(each, age, limit, cancellation).ConfigureAwait(false);
            else
                Lower(each.Authority, each.Count);
        foreach (var told in _raised.Keys.Except(untold.Select(each => each.Authority)).Order().ToList())
            Lower(told, 0);
    }

    /// <inheritdoc />
    public void Rest()
    {
        _raised.Clear();
        gauges.Clear();
    }

    /// <summary>How old the notice is that is the latest of all, and by when it should have been taken; null where none is late.</summary>
    private async ValueTask<(TimeSpan Age, TimeSpan Limit)?> LatenessAsync(
        UntoldNotices untold,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (now - untold.Oldest < UntoldLimits.TakeWithin)
            return null;
        var limit = await limits.TakeWithinAsync(untold.Authority, cancellation).ConfigureAwait(false);
        (TimeSpan Age, TimeSpan Limit) any = (now - untold.Oldest, limit);
        (TimeSpan Age, TimeSpan Limit) outside = (now - (untold.OldestOutsideMesh ?? now), UntoldLimits.TakeWithin);
        var worst = any.Age - any.Limit >= outside.Age - outside.Limit ? any : outside;
        return worst.Age >= worst.Limit ? worst : null;
    }

    private async Task RaiseAsync(UntoldNotices untold, TimeSpan age, TimeSpan limit, CancellationToken cancellation)
    {
        var isRaised = _raised.TryGetValue(untold.Authority, out var isOperatorAlarmed);
        var isVeryLate = !isOperatorAlarmed && age >= limit + UntoldLimits.OperatorAfter;
        if (isRaised && !isVeryLate)
            return;
        var late = new LateNotices(
            untold.Authority,
            untold.Count,
            age,
            await ReferenceAsync(untold.Authority, cancellation).ConfigureAwait(false)
        );
        _raised[untold.Authority] = isVeryLate;
        if (!isRaised)
            observer.Late(late);
        if (isVeryLate)
            observer.VeryLate(late, PhoneOf(untold.Authority));
    }

    private void Lower(OdsCode authority, long newer)
    {
        if (_raised.Remove(authority))
            observer.AllTold(authority, newer);
    }

    /// <summary>An alarm does not wait for its reference.</summary>
    private async Task<string?> ReferenceAsync(OdsCode authority, CancellationToken cancellation)
    {
        try
        {
            var (entries, _) = await worklist
                .ReadAsync(new NoticeQuery(authority, [NoticeState.Untold], null, null, 1), cancellation)
                .ConfigureAwait(false);
            return entries.Count > 0 ? entries[0].Reference : null;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private string? PhoneOf(OdsCode authority)
    {
        var registered = directory.Current.Find(authority);
        return registered?.EmergencyDutyPhone ?? registered?.OfficePhone;
    }

    private IEnumerable<OdsCode> Authorities() =>
        directory.Current.Organisations.Where(o => o.Kind == CallerKind.Authority).Select(o => o.Code);
}
