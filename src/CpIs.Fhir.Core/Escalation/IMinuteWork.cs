using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>Work that one of the servers of a store does each minute for all of them (<see cref="MinuteShift"/>).</summary>
public interface IMinuteWork
{
    /// <summary>What it is called, in the log and as lease.</summary>
    string Name { get; }

    /// <summary>Does it once. Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.</summary>
    Task RunAsync(CancellationToken cancellation);

    /// <summary>Another server does it, or nobody can: what this one remembers of it is old.</summary>
    void Rest();
}
