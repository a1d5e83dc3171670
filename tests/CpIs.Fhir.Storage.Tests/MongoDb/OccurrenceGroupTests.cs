using System.Collections.Concurrent;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>Occurrences that wait together are inserted together, and what happens to one does not happen to the others.</summary>
public sealed class OccurrenceGroupTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IAsyncLifetime
{
    private const int Many = 200;
    private readonly string _appName = "cpis-" + Guid.NewGuid();
    private readonly ConcurrentQueue<(int Documents, BsonDocument Concern)> _inserts = new();
    private MongoStoreUnderTest? _opened;
    private MongoClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _opened = await MongoStoreUnderTest.OpenAsync(
            database,
            TimeProvider.System,
            change: null,
            settings =>
            {
                settings.ApplicationName = _appName;
                settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(Hear);
            }
        );
        // The same name, so that its commands can be made to fail like the store's.
        var settings = MongoClientSettings.FromConnectionString(database.Engine.ConnectionString);
        settings.ApplicationName = _appName;
        settings.WriteConcern = WriteConcern.WMajority;
        _client = new MongoClient(settings);
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return _opened?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Many_at_once_are_all_there_in_far_fewer_inserts_each_confirmed_by_a_majority()
    {
        // While one insert is under way, those that come meanwhile wait together, also where they come slowly.
        Task[] recording;
        await using (await FailAsync(Hanging(500), null, "insert"))
            recording = [.. Enumerable.Range(0, Many).Select(i => RecordAsync($"o{i}"))];
        await Task.WhenAll(recording);

        (await CountAsync()).Should().Be(Many);
        _inserts.Sum(insert => insert.Documents).Should().Be(Many);
        _inserts.Should().HaveCountLessThan(Many / 2);
        _inserts
            .Should()
            .OnlyContain(insert => insert.Concern["w"] == "majority" && insert.Concern["j"] == BsonBoolean.True);
    }

    [Fact]
    public async Task One_alone_is_sent_at_once()
    {
        await RecordAsync("alone");
        _inserts.Should().ContainSingle().Which.Documents.Should().Be(1);
    }

    [Fact]
    public async Task Those_that_are_there_already_fail_nobody_else_and_count_once()
    {
        foreach (var i in Enumerable.Range(0, 5))
            await RecordAsync($"o{i * 10}");
        await Task.WhenAll(Enumerable.Range(0, Many).Select(i => RecordAsync($"o{i}")));

        (await CountAsync()).Should().Be(Many);
        (await CountAsync(new BsonDocument("again", new BsonDocument("$gte", 1)))).Should().Be(5);
    }

    [Fact]
    public async Task Of_those_that_could_not_be_inserted_only_they_are_to_be_written_alone()
    {
        var group = new OccurrenceGroup(Occurrences);
        await Occurrences.InsertOneAsync(new BsonDocument("_id", "there"), cancellationToken: Cancellation);
        var ids = Enumerable.Range(0, Many).Select(i => i % 20 == 7 ? "there" : $"o{i}").ToList();
        var told = await Task.WhenAll(ids.Select(id => group.TryAddAsync(new BsonDocument("_id", id), Cancellation)));

        told.Should().Equal(ids.Select(id => id != "there"));
        (await CountAsync()).Should().Be(1 + ids.Count(id => id != "there"));
    }

    [Fact]
    public async Task Nobody_is_told_while_no_majority_has_confirmed()
    {
        var group = new OccurrenceGroup(Occurrences);
        var notConfirmed = new BsonDocument { { "code", 64 }, { "errmsg", "no majority" } };
        bool[] told;
        await using (await FailAsync(new BsonDocument("writeConcernError", notConfirmed), null, "insert"))
            told = await Task.WhenAll(
                Enumerable.Range(0, 50).Select(i => group.TryAddAsync(new BsonDocument("_id", $"o{i}"), Cancellation))
            );
        told.Should().OnlyContain(isDurable => !isDurable);
    }

    [Fact]
    public async Task When_the_outcome_of_an_insert_is_unknown_each_finds_out_for_itself()
    {
        Assert.SkipWhen(database.Engine.Kind == EngineKind.Server, "A server has no fail point after a command.");
        await using (await FailAsync(new BsonDocument("closeAfter", true), 12, "insert"))
            await Task.WhenAll(Enumerable.Range(0, Many).Select(i => RecordAsync($"o{i}")));

        (await CountAsync()).Should().Be(Many);
    }

    [Fact]
    public async Task Who_goes_away_does_not_take_the_others_along()
    {
        using var gone = new CancellationTokenSource();
        Task[] staying;
        Task[] leaving;
        await using (await FailAsync(Hanging(500), null, "insert"))
        {
            leaving = [.. Enumerable.Range(0, 20).Select(i => RecordAsync($"l{i}", gone.Token))];
            staying = [.. Enumerable.Range(0, 20).Select(i => RecordAsync($"s{i}"))];
            await gone.CancelAsync();
        }

        await Task.WhenAll(staying);
        foreach (var left in leaving)
            await FluentActions.Awaiting(() => left).Should().ThrowAsync<OperationCanceledException>();
        (await CountAsync(new BsonDocument("_id", new BsonRegularExpression("^s")))).Should().Be(20);
    }

    [Fact]
    public async Task Inserts_that_hang_hold_up_nobody_who_comes_later()
    {
        var hanging = new List<Task>();
        await using (await FailAsync(Hanging(30_000), 4, "insert"))
        {
            for (var i = 0; i < 4; i++)
            {
                hanging.Add(RecordAsync($"h{i}"));
                var sent = i + 1;
                await Eventually.TrueAsync(() => _inserts.Count == sent);
            }

            await RecordAsync("later");
            hanging.Should().OnlyContain(task => !task.IsCompleted);
        }

        await Task.WhenAll(hanging);
        (await CountAsync()).Should().Be(5);
    }

    private IMongoCollection<BsonDocument> Occurrences =>
        _client!.GetDatabase(database.Name).GetCollection<BsonDocument>("occurrences");

    private Task RecordAsync(string id, CancellationToken? cancellation = null) =>
        _opened!.Store.RecordAsync(Make.Access(id, authorities: Make.Herts), cancellation ?? Cancellation);

    private Task<long> CountAsync(BsonDocument? filter = null) =>
        database
            .Database.GetCollection<BsonDocument>("occurrences")
            .CountDocumentsAsync(filter ?? [], cancellationToken: Cancellation);

    private Task<FailPoint> FailAsync(BsonDocument data, int? times, params IEnumerable<string> commands) =>
        FailPoint.SetAsync(database.Client, _appName, times, data, commands);

    /// <summary>Until the fail point is off; on a server, which has no such thing, for a time.</summary>
    private BsonDocument Hanging(int milliseconds) =>
        database.Engine.Kind == EngineKind.Server
            ? new() { { "blockConnection", true }, { "blockTimeMS", milliseconds } }
            : new() { { "blockConnection", true }, { "blockUntilOff", true } };

    private void Hear(CommandStartedEvent command)
    {
        if (command.CommandName != "insert" || command.Command["insert"] != "occurrences")
            return;
        _inserts.Enqueue(
            (
                command.Command["documents"].AsBsonArray.Count,
                (BsonDocument)command.Command["writeConcern"].AsBsonDocument.DeepClone()
            )
        );
    }
}
