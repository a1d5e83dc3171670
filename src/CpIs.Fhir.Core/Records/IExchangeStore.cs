using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Records;

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
        ILeaseStore,
        IRetentionStore,
        IUseLedger,
        IAsyncDisposable
{
    /// <summary>Makes a real durable write, for <c>/health/ready</c>.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot write durably now.</exception>
    Task CheckWritableAsync(CancellationToken cancellation);
}
