using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;

namespace CpIs.Fhir.Cli.Bench;

/// <summary>
/// The floor under every look-up: the same occurrences written durably to a bare store, at the same concurrency, without
/// HTTP or rules. In a folder of its own, removed afterwards.
/// </summary>
internal static class StoreFloor
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    public static async Task<PhaseResult> RunAsync(BenchOptions options, LookUpMix mix, CancellationToken cancellation)
    {
        var folder = Path.Combine(options.FloorDirectory, $"cpis-bench-{Guid.NewGuid():N}");
        try
        {
            await using var store = await SqliteStore.OpenAsync(
                new SqliteStoreOptions { Directory = folder },
                TimeProvider.System,
                cancellation
            );
            return await new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
                BenchRun.StorePhase,
                "writes",
                index => (StepOf(store, mix, new Random(index)), new Nothing()),
                cancellation
            );
        }
        catch (StoreUnavailableException failure)
        {
            throw new CannotRunException($"the bare store cannot be measured: {failure.Message}", inner: failure);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static ClosedLoop.Step StepOf(SqliteStore store, LookUpMix mix, Random random) =>
        async cancellation =>
        {
            var (child, isHit) = mix.Next(random);
            await store.RecordAsync(Access(child, isHit), cancellation);
            return (1, null);
        };

    private static Occurrence Access(NhsNumber child, bool isHit)
    {
        ShownPlan[] shown = isHit
            ? [new ShownPlan(Authority, PlanType.ChildProtectionPlan, NewId(), 1, NewId(), 1)]
            : [];
        return new Occurrence
        {
            Id = NewId(),
            Kind = OccurrenceKind.Access,
            Time = TimeProvider.System.GetUtcNow(),
            ClientId = "bench-ed",
            Organisation = OdsCode.Parse("XED01"),
            OrganisationName = "Emergency department of the bench",
            CallerKind = CallerKind.Setting,
            Person = new Person("555000000001", null, "R0260", "General Medical Practitioner", "Bench Person"),
            Interaction = "$child-protection",
            Child = child,
            Mode = LookUpMode.Unscheduled,
            Outcome = isHit ? AccessOutcome.Shown : AccessOutcome.NothingHeld,
            Query = "nhsNumber=" + child.Digits,
            RequestId = Guid.NewGuid().ToString("D"),
            Shown = shown,
            Concerns = isHit ? [Authority] : [],
            InHistory = isHit,
            Obligations = isHit ? [new Obligation(Authority, shown)] : [],
        };
    }

    private static string NewId() => Guid.CreateVersion7().ToString("D");

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
