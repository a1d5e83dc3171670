using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Searches of every shape, for the tests that look at how a store carries them out.</summary>
internal static class EverySearch
{
    public static async Task RunAsync(IStoreUnderTest store, CancellationToken cancellation)
    {
        var after = new PagePosition(Make.Noon, "a");
        var conditions = new Condition[][]
        {
            [],
            [new Condition.AnyToken(["a=1"])],
            [new Condition.AnyToken(["a=1", "a=2"]), new Condition.TokenPrefix("b=")],
            [new Condition.TokenRange("c=1", "c=2"), new Condition.UpdatedWithin(new TimeRange(Make.Noon, Make.Noon))],
            [new Condition.AnyOf([new Condition.TokenPrefix("b="), new Condition.TokenRange("c=1", "c=2")])],
            [new Condition.UpdatedWithin(new TimeRange(Make.Noon, Make.Noon, IsOutside: true))],
            [new Condition.AnyId(["a"])],
            [new Condition.Without(["a=1"])],
            [new Condition.AnyToken(["a=1"]), new Condition.Without(["b=1"])],
            [new Condition.UpdatedWithin(new TimeRange(Make.Noon, Make.Noon))],
        };
        foreach (var all in conditions)
        foreach (var authority in new OdsCode?[] { Make.Herts, null })
        foreach (var order in Enum.GetValues<RecordOrder>())
        foreach (var position in new[] { null, after })
            await store.Records.SearchAsync(
                new RecordQuery(RecordType.EpisodeOfCare, authority, all) { Order = order, After = position },
                cancellation
            );
        foreach (var child in new NhsNumber?[] { Make.Child(1), null })
        foreach (var authority in new OdsCode?[] { Make.Herts, null })
        foreach (var kind in new OccurrenceKind?[] { OccurrenceKind.Access, OccurrenceKind.Upload, null })
        foreach (var position in new[] { null, after })
            await store.Occurrences.SearchOccurrencesAsync(
                new OccurrenceQuery
                {
                    Child = child,
                    Concerning = authority,
                    Kind = kind,
                    After = position,
                },
                cancellation
            );
    }
}
