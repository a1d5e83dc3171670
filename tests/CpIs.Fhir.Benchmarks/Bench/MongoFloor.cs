using System.Collections.Concurrent;
using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.LookUps;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using CpIs.Fhir.Synthetic;
using MongoDB.Driver;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// The floor under every look-up of a server on MongoDB: the driver alone sends the two reads of a look-up at once, then
/// inserts its occurrence, and a majority has it in its journal. The same indexes, documents, concerns and concurrency, in a
/// database of its own that is dropped afterwards.
/// </summary>
internal sealed class MongoFloor(string connectionString, BenchOptions options, TimeProvider time)
{
    private const int Children = 1_000;
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    private static readonly RecordProtection Readable = RecordProtection.Readable;

    private readonly MongoStoreOptions _store = new()
    {
        ConnectionString = connectionString,
        Database = $"cpis_bench_{Guid.NewGuid():N}",
    };

    private readonly ConcurrentDictionary<NhsNumber, bool> _seen = new();

    /// <summary>Name of its own database: what is left to drop when the process is killed meanwhile.</summary>
    public string Database => _store.Database;

    /// <summary>Measures.</summary>
    /// <exception cref="CannotRunException">The engine cannot be used.</exception>
    public async Task<PhaseResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            using var client = Connection.Open(_store, adjust: null);
            try
            {
                var mix = await FillAsync(cancellation);
                var collections = new Collections(client.GetDatabase(_store.Database));
                return await new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
                    BenchRun.MongoPhase,
                    "look-ups",
                    index => (StepOf(collections, mix, new Random(index)), NothingHeld.Instance),
                    cancellation
                );
            }
            finally
            {
                await client.DropDatabaseAsync(_store.Database, CancellationToken.None);
            }
        }
        catch (StoreUnavailableException failure)
        {
            throw new CannotRunException($"the driver alone cannot be measured: {failure.Message}", inner: failure);
        }
        catch (Exception failure) when (StoreFailure.IsOfStore(failure))
        {
            throw new CannotRunException(
                $"the driver alone cannot be measured: {StoreFailure.Of(failure).Message}",
                inner: failure
            );
        }
    }

    /// <summary>The store's own collections and indexes, with some children in them as uploads would leave them.</summary>
    private async Task<LookUpMix> FillAsync(CancellationToken cancellation)
    {
        var population = SyntheticPopulation.OfCounty(Authority, Children, LondonCalendar.DayOf(time.GetUtcNow()));
        await using var source = new SyntheticSource([population]);
        await using var target = await MongoTransferTarget.OpenAsync(_store, time, cancellation);
        var filled = await new StoreCopy(source, target, time).RunAsync(new Unheard(), cancellation);
        return filled.IsSound
            ? new LookUpMix([.. PopulationCommand.Visible(population)], options.HitRatio)
            : throw new StoreUnavailableException("the database does not hold what was written to it.");
    }

    private ClosedLoop.Step StepOf(Collections collections, LookUpMix mix, Random random) =>
        async cancellation =>
        {
            var (child, isHit) = mix.Next(random);
            var key = Readable.ChildKey(child);
            var held = LookUpReads.Child(collections.Resources, key, _store.ReadTimeout).ToListAsync(cancellation);
            var history = LookUpReads
                .History(collections.Occurrences, key, AccessHistory.ReadLength, _store.ReadTimeout)
                .ToListAsync(cancellation);
            await Task.WhenAll(held, history);
            // As in a server, where the bench has one person: in the history once.
            var access = SampleAccess.Of(child, isHit, isHit && _seen.TryAdd(child, true));
            await collections.Occurrences.InsertOneAsync(
                OccurrenceDocument.Write(access, Readable),
                cancellationToken: cancellation
            );
            return isHit && (await held).Count == 0 ? (0, "hit without a plan") : (1, null);
        };

    private sealed class Unheard : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) { }
    }
}
