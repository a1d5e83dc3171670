using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.MongoEngine.Tests;

/// <summary>The engine that failure tests kill, freeze and cut off keeps what it has acknowledged, and comes back.</summary>
public sealed class PrivateEngineTests
{
    private volatile int _sent;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_there_after_both_processes_were_killed()
    {
        await using var engine = await PrivateEngine.StartAsync();
        using var client = Connect(engine);
        await Numbers(client).InsertOneAsync(new BsonDocument("_id", 1), null, Cancellation);
        await engine.KillDatabaseAsync();
        await engine.KillGatewayAsync();
        await engine.RestartAsync();
        (await CountAsync(client)).Should().Be(1);
        await Numbers(client).InsertOneAsync(new BsonDocument("_id", 2), null, Cancellation);
        (await CountAsync(client)).Should().Be(2);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_with_the_gateway_is_known_to_the_next()
    {
        await using var engine = await PrivateEngine.StartAsync();
        Assert.SkipWhen(engine.Kind == EngineKind.Server, "A server has no fail point after a command.");
        using var client = Connect(engine);
        using var session = await client.StartSessionAsync(null, Cancellation);
        session.StartTransaction();
        await Numbers(client).InsertOneAsync(session, new BsonDocument("_id", 1), null, Cancellation);
        await using (
            await FailPoint.SetAsync(client, "", null, new BsonDocument("closeAfter", true), "commitTransaction")
        )
            await session.Invoking(s => s.CommitTransactionAsync(Cancellation)).Should().ThrowAsync<MongoException>();
        await engine.KillGatewayAsync();
        await engine.RestartAsync();
        await session.CommitTransactionAsync(Cancellation);
        (await CountAsync(client)).Should().Be(1);
    }

    [Fact]
    public async Task A_write_to_a_frozen_engine_ends_when_it_thaws()
    {
        await using var engine = await PrivateEngine.StartAsync();
        using var client = Connect(engine);
        (await CountAsync(client)).Should().Be(0);
        engine.FreezeDatabase();
        var sent = _sent;
        var write = Numbers(client).InsertOneAsync(new BsonDocument("_id", 1), null, Cancellation);
        await Eventually.TrueAsync(() => _sent > sent);
        write.IsCompleted.Should().BeFalse();
        engine.Thaw();
        await write;
        (await CountAsync(client)).Should().Be(1);
    }

    [Fact]
    public async Task A_read_from_an_engine_that_is_cut_off_gets_no_answer_until_it_is_reconnected()
    {
        await using var engine = await PrivateEngine.StartAsync(new() { Isolated = true });
        using var client = Connect(engine);
        (await CountAsync(client)).Should().Be(0);
        await engine.CutOffAsync();
        var sent = _sent;
        var read = CountAsync(client);
        await Eventually.TrueAsync(() => _sent > sent);
        read.IsCompleted.Should().BeFalse();
        await engine.ReconnectAsync();
        (await read).Should().Be(0);
    }

    [Fact]
    public async Task An_arbiter_is_shown_beside_two_members()
    {
        await using var engine = await PrivateEngine.StartAsync(new() { Topology = "arbiter" });
        using var client = Connect(engine);
        var hello = await client
            .GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: Cancellation);
        hello["hosts"].AsBsonArray.Should().HaveCount(2);
        hello["arbiters"].AsBsonArray.Should().HaveCount(1);
    }

    private MongoClient Connect(PrivateEngine engine)
    {
        var settings = MongoClientSettings.FromConnectionString(engine.ConnectionString);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(_ => _sent++);
        return new MongoClient(settings);
    }

    private static IMongoCollection<BsonDocument> Numbers(MongoClient client) =>
        client.GetDatabase("private").GetCollection<BsonDocument>("numbers");

    private static Task<long> CountAsync(MongoClient client) =>
        Numbers(client).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, null, Cancellation);
}
