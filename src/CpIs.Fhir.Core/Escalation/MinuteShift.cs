using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>Has work done by one server at a time: by the one that holds its lease.</summary>
public sealed class MinuteShift(IMinuteWork work, ServerLeases leases)
{
    /// <summary>From one time to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>A server that is merely slow keeps the work. One that died is replaced within this and a minute.</summary>
    public static readonly TimeSpan LeaseTime = 2.5 * Every;

    /// <summary>Does the work, unless another server has it.</summary>
    /// <returns>True when this server has it.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (!await leases.TryHoldAsync(work.Name, LeaseTime, cancellation).ConfigureAwait(false))
        {
            work.Rest();
            return false;
        }

        await work.RunAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>The server stops: another one takes over at once.</summary>
    public async Task EndAsync()
    {
        work.Rest();
        await leases.ReleaseAsync(work.Name).ConfigureAwait(false);
    }
}
