using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>One store, empty when made, seen through its ports.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IRecordStore Records { get; }
    IOccurrenceStore Occurrences { get; }
    IRegistrationStore Registrations { get; }
    IKeyStore Keys { get; }
    INotificationStore Notifications { get; }
    IAttemptStore Attempts { get; }
    IWorklistStore Worklists { get; }
    ILeaseStore Leases { get; }
    IRetentionStore Retention { get; }
    IUseLedger Uses { get; }

    /// <summary>Closes the store and opens it again on what it left behind.</summary>
    Task ReopenAsync();
}
