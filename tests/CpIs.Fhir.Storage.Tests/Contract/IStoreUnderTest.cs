using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Restores;
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
    IDailyFileStore DailyFiles { get; }

    /// <summary>Closes the store and opens it again on what it left behind.</summary>
    Task ReopenAsync();

    /// <summary>Keeps a copy of what it holds now, in the place of any before.</summary>
    Task KeepCopyAsync();

    /// <summary>Closes the store, does what is done while it is closed, and opens it again.</summary>
    /// <param name="copyBack">Puts the copy back first, as after the loss of a disk.</param>
    /// <param name="restore">The step after a restore, or more than one.</param>
    Task RestoreAsync(bool copyBack, Func<IStoreRestore, Task> restore);
}
