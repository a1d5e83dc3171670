using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Looks each minute which registers are out of date and raises an alarm once for each. It also notes when an authority was first seen,
/// from which one that never uploads is counted. What was raised is in the memory of the server that watches; another one that takes
/// over may repeat it.
/// </summary>
public sealed class StaleWatch(
    IRecordStore store,
    IOrganisationDirectory directory,
    RegisterGauges gauges,
    IStaleObserver observer,
    TimeProvider time
) : IMinuteWork
{
    private readonly HashSet<OdsCode> _raised = [];

    /// <inheritdoc />
    public string Name => "stale-watch";

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (current, now) = (directory.Current, time.GetUtcNow());
        await NoteNewAsync(current, now, cancellation).ConfigureAwait(false);
        var stale = current.StaleAt(now);
        gauges.Show(
            current.Organisations.Where(o => current.IsServed(o.Code)).Select(o => o.Code),
            stale.Select(register => register.Authority).ToHashSet(),
            now + MinuteShift.LeaseTime
        );
        foreach (var register in stale)
            if (_raised.Add(register.Authority))
                observer.Stale(register);
        foreach (var mended in _raised.Except(stale.Select(register => register.Authority)).Order().ToList())
        {
            _raised.Remove(mended);
            observer.UpToDate(mended);
        }
    }

    /// <inheritdoc />
    public void Rest()
    {
        _raised.Clear();
        gauges.Clear();
    }

    /// <summary>In one commit; where a registration changed meanwhile, an upload was perhaps noted: in a minute again.</summary>
    private async Task NoteNewAsync(OrganisationDirectory current, DateTimeOffset now, CancellationToken cancellation)
    {
        var unseen = current
            .Organisations.Where(o => current.IsServed(o.Code) && current.FindRegister(o.Code) is null)
            .Select(o => RegistrationForm.Of(new AuthorityRegister { Authority = o.Code, FirstSeen = now }))
            .ToList();
        if (unseen.Count > 0)
            await store
                .CommitAsync(new Commit { Registrations = unseen, RegistrationStamp = current.Stamp }, cancellation)
                .ConfigureAwait(false);
    }
}
