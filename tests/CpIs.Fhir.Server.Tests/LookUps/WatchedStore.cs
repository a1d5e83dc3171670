using System.Runtime.CompilerServices;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>
/// The real store behind a door that can be shut: tells what was asked of it, and fails or hangs where a test says so. The
/// one double of these tests, since a disk cannot be broken on order.
/// </summary>
public sealed class WatchedStore(IExchangeStore store, StoreWatch watch) : IRecordStore, IOccurrenceStore
{
    public Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken cancellation) =>
        ThroughAsync(() => store.ReadAsync(type, id, version, cancellation), cancellation);

    public Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    ) => ThroughAsync(() => store.ReadByIdentityAsync(type, identities, cancellation), cancellation);

    public Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation) =>
        ThroughAsync(() => store.ReadChildAsync(child, cancellation), cancellation);

    public Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    ) => ThroughAsync(() => store.ReadOwnAsync(authority, children, cancellation), cancellation);

    public Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    ) => ThroughAsync(() => store.ReadPatientsAsync(authority, after, limit, cancellation), cancellation);

    public Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation) =>
        ThroughAsync(() => ((IRecordStore)store).SearchAsync(query, cancellation), cancellation);

    public Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation) =>
        ThroughAsync(() => store.ReadAnswerAsync(clientId, requestId, cancellation), cancellation);

    public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation) =>
        ThroughAsync(() => store.CommitAsync(commit, cancellation), cancellation);

    public Task RecordAsync(Occurrence occurrence, CancellationToken cancellation) =>
        ThroughAsync(
            async () =>
            {
                await store.RecordAsync(occurrence, cancellation);
                return true;
            },
            cancellation
        );

    public Task<IReadOnlyList<Occurrence>> ReadHistoryAsync(
        NhsNumber child,
        string sdsUserId,
        DateTimeOffset since,
        int count,
        DateTimeOffset attendedSince,
        CancellationToken cancellation
    ) =>
        ThroughAsync(
            () => store.ReadHistoryAsync(child, sdsUserId, since, count, attendedSince, cancellation),
            cancellation
        );

    public Task<Occurrence?> ReadOccurrenceAsync(string id, CancellationToken cancellation) =>
        ThroughAsync(() => store.ReadOccurrenceAsync(id, cancellation), cancellation);

    public Task<Page<Occurrence>> SearchOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellation) =>
        ThroughAsync(() => store.SearchOccurrencesAsync(query, cancellation), cancellation);

    private async Task<T> ThroughAsync<T>(
        Func<Task<T>> call,
        CancellationToken cancellation,
        [CallerMemberName] string name = ""
    )
    {
        await watch.PassAsync(name, cancellation);
        return await call();
    }
}

/// <summary>A server whose store can be watched and broken.</summary>
public class WatchedExchange : RunningExchange
{
    public StoreWatch Watch { get; } = new();

    protected override void Adjust(IServiceCollection services)
    {
        services.AddSingleton(Watch).AddSingleton<WatchedStore>();
        services.AddSingleton<IRecordStore>(p => p.GetRequiredService<WatchedStore>());
        services.AddSingleton<IOccurrenceStore>(p => p.GetRequiredService<WatchedStore>());
    }
}

/// <summary>One whose look-ups take at most a second.</summary>
public sealed class ImpatientExchange : WatchedExchange
{
    protected override object Settings => new { Demo = new { Seed = false }, LookUp = new { TimeoutSeconds = 1 } };
}
