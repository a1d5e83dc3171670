using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Stores;

/// <summary>
/// A whole store as the server opens it: every port of the exchange on one store. Which one it is, is decided once, at the
/// start; nothing behind this interface asks.
/// </summary>
public interface IExchangeStore
    : IRecordStore,
        IOccurrenceStore,
        IRegistrationStore,
        IKeyStore,
        INotificationStore,
        IAttemptStore,
        IWorklistStore,
        ILeaseStore,
        IRetentionStore,
        IUseLedger,
        IDailyFileStore,
        IAsyncDisposable
{
    /// <summary>Makes a real durable write, for <c>/health/ready</c>.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot write durably now.</exception>
    Task CheckWritableAsync(CancellationToken cancellation);
}
