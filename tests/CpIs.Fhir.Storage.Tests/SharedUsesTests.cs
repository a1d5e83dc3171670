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
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Storage.Tests.Sqlite;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests;

/// <summary>The ledger upon which the limits of several servers are tested keeps the contract that real ones keep.</summary>
public sealed class SharedUsesTests : UseLedgerContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        new WithSharedUses(await SqliteStoreUnderTest.OpenAsync(time));

    private sealed class WithSharedUses(SqliteStoreUnderTest rest) : IStoreUnderTest
    {
        public IRecordStore Records => rest.Records;

        public IOccurrenceStore Occurrences => rest.Occurrences;

        public IRegistrationStore Registrations => rest.Registrations;
        public IKeyStore Keys => rest.Keys;

        public INotificationStore Notifications => rest.Notifications;

        public IAttemptStore Attempts => rest.Attempts;

        public IWorklistStore Worklists => rest.Worklists;

        public ILeaseStore Leases => rest.Leases;

        public IDailyFileStore DailyFiles => rest.DailyFiles;

        public IRetentionStore Retention => rest.Retention;

        public IUseLedger Uses { get; } = new MemoryUses();

        public Task ReopenAsync() => rest.ReopenAsync();

        public Task KeepCopyAsync() => rest.KeepCopyAsync();

        public Task RestoreAsync(bool copyBack, Func<IStoreRestore, Task> restore) =>
            rest.RestoreAsync(copyBack, restore);

        public ValueTask DisposeAsync() => rest.DisposeAsync();
    }
}
