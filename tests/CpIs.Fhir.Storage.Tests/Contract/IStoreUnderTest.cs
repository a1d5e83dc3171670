using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>One store, empty when made, seen through its ports.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IRecordStore Records { get; }
    IOccurrenceStore Occurrences { get; }
    IRegistrationStore Registrations { get; }
    IKeyStore Keys { get; }
    INotificationStore Notifications { get; }
    ILeaseStore Leases { get; }
    IRetentionStore Retention { get; }
    IUseLedger Uses { get; }

    /// <summary>Closes the store and opens it again on what it left behind.</summary>
    Task ReopenAsync();
}
