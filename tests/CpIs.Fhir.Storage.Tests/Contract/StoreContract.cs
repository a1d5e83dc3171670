using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What every part of the contract suite stands on. A store runs a part by deriving from it.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private IStoreUnderTest? _store;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(Make.Noon);

    protected IStoreUnderTest Store => _store!;

    protected IRecordStore Records => Store.Records;

    protected IOccurrenceStore Occurrences => Store.Occurrences;

    protected IRegistrationStore Registrations => Store.Registrations;
    protected IKeyStore Keys => Store.Keys;

    protected INotificationStore Notifications => Store.Notifications;

    public async ValueTask InitializeAsync() => _store = await OpenAsync(Time);

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new, empty store.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync(TimeProvider time);

    /// <summary>Commits changes that must succeed.</summary>
    protected async Task SaveAsync(params StoredResource[] resources) =>
        (await CommitAsync(resources)).Should().Be(CommitOutcome.Committed);

    protected Task<CommitOutcome> CommitAsync(params StoredResource[] resources) =>
        Records.CommitAsync(Make.Commit(resources), Cancellation);

    /// <summary>Starts all at the same moment, on threads of their own.</summary>
    protected static Task<T[]> RaceAsync<T>(int count, Func<int, Task<T>> run)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable
            .Range(0, count)
            .Select(i =>
                Task.Run(async () =>
                {
                    await start.Task;
                    return await run(i);
                })
            )
            .ToArray();
        start.SetResult();
        return Task.WhenAll(all);
    }
}
