using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>
/// Every command that the store sends while each of its methods runs is explained by the engine, and none may walk through a
/// collection that grows.
/// </summary>
public sealed class ExplainTests(MongoDatabase database) : IClassFixture<MongoDatabase>
{
    /// <summary>Collections of some hundred documents, read as a whole on purpose.</summary>
    private static readonly string[] Small = ["meta", "owners", "subscriptions", "registrations", "keys", "leases"];

    private readonly CommandRecorder _recorder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_of_the_store_uses_its_index_and_every_index_serves_one()
    {
        await using var store = await OpenAsync();
        await UseEverythingAsync(store);
        var commands = _recorder.Take().Where(c => !Small.Contains(c[0].AsString)).DistinctBy(Shape).ToList();
        commands.Should().HaveCountGreaterThan(50);

        var used = new HashSet<string>();
        foreach (var command in commands)
        {
            var stages = Stages(await ExplainAsync(command, "queryPlanner")).ToList();
            stages.Should().NotContain(stage => stage["stage"] == "COLLSCAN", "{0} must use an index", command);
            used.UnionWith(stages.Where(s => s.Contains("indexName")).Select(s => s["indexName"].AsString));
        }

        StoreIndex
            .All.Where(index => !Small.Contains(index.Collection))
            .Select(index => index.Name)
            .Except(used)
            .Should()
            .BeEmpty("an index that serves no query only costs");
    }

    [Fact]
    public async Task A_look_up_is_two_reads_and_one_write_and_reads_nothing_of_other_children()
    {
        await using var store = await OpenAsync();
        for (var child = 1; child <= 60; child++)
        {
            await store.Records.CommitAsync(
                Make.Commit(
                    Make.Resource($"p{child}", RecordType.Patient, child: Make.Child(child)),
                    Make.Resource($"e{child}", child: Make.Child(child))
                ),
                Cancellation
            );
            await store.Occurrences.RecordAsync(
                Make.Access($"hit{child}", child: Make.Child(child), authorities: Make.Herts),
                Cancellation
            );
            await store.Occurrences.RecordAsync(Make.Access($"miss{child}", child: Make.Child(child)), Cancellation);
        }

        _recorder.Take();
        await store.Records.ReadChildAsync(Make.Child(7), Cancellation);
        await store.Occurrences.ReadHistoryAsync(
            Make.Child(7),
            "x",
            Make.Noon,
            40,
            DateTimeOffset.MaxValue,
            Cancellation
        );
        var reads = _recorder.Take();
        await store.Occurrences.RecordAsync(Make.Access("now", child: Make.Child(7)), Cancellation);

        _recorder.Take().Should().BeEmpty("a look-up writes one document and looks for none");
        reads.Should().HaveCount(2);
        foreach (var read in reads)
        {
            var stats = (await ExplainAsync(read, "executionStats"))["executionStats"].AsBsonDocument;
            stats["nReturned"].ToInt64().Should().BePositive();
            stats["totalDocsExamined"].ToInt64().Should().BeLessThanOrEqualTo(stats["nReturned"].ToInt64() + 2);
        }
    }

    private async Task<IStoreUnderTest> OpenAsync() =>
        await MongoStoreUnderTest.OpenAsync(database, TimeProvider.System, listen: _recorder.Listen);

    private async Task<BsonDocument> ExplainAsync(BsonDocument command, string verbosity) =>
        await database.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", command }, { "verbosity", verbosity } },
            cancellationToken: Cancellation
        );

    private static IEnumerable<BsonDocument> Stages(BsonDocument explained)
    {
        // Only the plan: what was refused or is told besides may scan.
        var plan = explained.Contains("queryPlanner")
            ? explained["queryPlanner"]["winningPlan"]
            : explained["stages"][0]["$cursor"]["queryPlanner"]["winningPlan"];
        return Below(plan.AsBsonDocument);
    }

    private static IEnumerable<BsonDocument> Below(BsonDocument stage) =>
        stage
            .Values.SelectMany(value => value is BsonArray array ? array.OfType<BsonDocument>() : [])
            .Concat(stage.Values.OfType<BsonDocument>())
            .SelectMany(Below)
            .Concat(stage.Contains("stage") ? [stage] : []);

    /// <summary>A command without its values: two of one shape have one plan.</summary>
    private static string Shape(BsonDocument command) => Blank(command).ToJson();

    private static BsonValue Blank(BsonValue value) =>
        value switch
        {
            BsonDocument document => new BsonDocument(document.Select(e => new BsonElement(e.Name, Blank(e.Value)))),
            BsonArray array => new BsonArray(array.Select(Blank).Distinct()),
            BsonString text when text.AsString.StartsWith('$') => text,
            BsonString text => text.AsString,
            _ => 0,
        };

    private static async Task UseEverythingAsync(IStoreUnderTest store)
    {
        for (var version = 1; version <= 2; version++)
            await store.Records.CommitAsync(
                Make.Commit(
                    Make.Resource(
                        "e",
                        version: version,
                        identity: $"i{version}",
                        child: Make.Child(1),
                        tokens: [$"v={version}"]
                    ),
                    Make.Resource("f", RecordType.Flag, version: version, identity: "gone"),
                    Make.Subscription("s", version: version)
                ) with
                {
                    Answer = Make.Answer($"r{version}", expires: DateTimeOffset.MaxValue),
                    Occurrence = Make.Access($"o{version}", authorities: Make.Herts),
                    Registrations = [new Registration("client", "c", "{}"u8.ToArray())],
                },
                Cancellation
            );
        await store.Records.CommitAsync(
            new Commit
            {
                Removals = [new Removal(RecordType.Flag, "f", 2)],
                Occurrence = Make.Access("bare") with { Child = null },
            },
            Cancellation
        );
        await store.Records.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation);
        await store.Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["i2"], Cancellation);
        await store.Records.ReadChildAsync(Make.Child(1), Cancellation);
        await store.Records.ReadOwnAsync(Make.Herts, [Make.Child(1)], Cancellation);
        await store.Records.ReadAnswerAsync("c", "r", Cancellation);
        await EverySearch.RunAsync(store, Cancellation);
        await store.Occurrences.ReadHistoryAsync(
            Make.Child(1),
            "x",
            Make.Noon,
            25,
            DateTimeOffset.MaxValue,
            Cancellation
        );
        await store.Occurrences.ReadOccurrenceAsync("o1", Cancellation);
        await store.Occurrences.RecordAsync(Make.Access("o1"), Cancellation);
        for (var i = 0; i < 2; i++)
            await store.Registrations.TryUseOnceAsync("jti", "v", Make.Noon, Cancellation);
        await NotifyAsync(store);
        await store.Uses.ExchangeAsync(
            new UseReport("a", 1, Make.Noon, [new Use("k", 1)]),
            "a",
            new Dictionary<string, long> { ["b"] = 1 },
            Make.Noon,
            Cancellation
        );
        await store.Retention.RemoveOccurrencesAsync(DateTimeOffset.MaxValue, 10, Cancellation);
        await store.Retention.RemoveEventsAsync(DateTimeOffset.MaxValue, 10, Cancellation);
        await store.Retention.RemoveVersionsAsync(DateTimeOffset.MaxValue, 10, Cancellation);
        await store.Retention.RemoveExpiredAsync(10, Cancellation);
    }

    private static async Task NotifyAsync(IStoreUnderTest store)
    {
        var lease = TimeSpan.FromMinutes(1);
        // Numbered twice: those that a new Subscription finds open, and those that come while it takes events.
        await store.Notifications.NumberObligationsAsync(Make.Noon, default, 10, Cancellation);
        await store.Occurrences.RecordAsync(Make.Access("o3", authorities: Make.Herts), Cancellation);
        await store.Notifications.NumberObligationsAsync(Make.Noon, default, 10, Cancellation);
        var delivery = (await store.Notifications.ClaimDueAsync(Make.Noon, lease, 10, Cancellation)).Single();
        await store.Notifications.RescheduleAsync(delivery, Make.Noon, Make.Noon, "x", Cancellation);
        await store.Notifications.MakeDueAsync("s", Make.Noon, Cancellation);
        delivery = (await store.Notifications.ClaimDueAsync(Make.Noon, lease, 10, Cancellation)).Single();
        await store.Notifications.ReadEventsAsync("s", 1, 9, 9, Cancellation);
        await store.Notifications.ReadLedgerAsync("s", Cancellation);
        await store.Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation);
        await store.Notifications.SettleAsync(delivery, Make.Noon, Cancellation);
        await EveryNotice.RunAsync(store, Cancellation);
    }
}
