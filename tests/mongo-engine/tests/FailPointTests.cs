using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.MongoEngine.Tests;

/// <summary>Commands fail as they are told to, for the one client they are meant for, and as often as was said.</summary>
public sealed class FailPointTests : IClassFixture<MongoDatabase>, IDisposable
{
    private const int NotWritablePrimary = 10107;
    private const int OutOfDiskSpace = 14031;

    private readonly string _appName = "cpis-" + Guid.NewGuid();
    private readonly MongoDatabase _mongo;
    private readonly MongoClient _client;
    private volatile int _sent;

    public FailPointTests(MongoDatabase mongo)
    {
        _mongo = mongo;
        var settings = MongoClientSettings.FromConnectionString(mongo.Engine.ConnectionString);
        settings.ApplicationName = _appName;
        settings.ClusterConfigurator = cluster =>
            cluster.Subscribe<CommandStartedEvent>(command => _sent += command.CommandName == "insert" ? 1 : 0);
        _client = new MongoClient(settings);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_that_meets_no_primary_once_is_tried_again_by_the_driver()
    {
        await using var _ = await FailAsync(times: 1, new BsonDocument("errorCode", NotWritablePrimary));
        await InsertAsync(_client);
    }

    [Fact]
    public async Task A_write_whose_connection_closes_twice_fails()
    {
        await using var _ = await FailAsync(times: 2, new BsonDocument("closeConnection", true));
        await FluentActions.Awaiting(() => InsertAsync(_client)).Should().ThrowAsync<MongoConnectionException>();
        await InsertAsync(_client);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_and_other_clients_are_spared()
    {
        await using var _ = await FailAsync(times: null, new BsonDocument("errorCode", OutOfDiskSpace));
        var refused = await FluentActions
            .Awaiting(() => InsertAsync(_client))
            .Should()
            .ThrowAsync<MongoCommandException>();
        refused.Which.Code.Should().Be(OutOfDiskSpace);
        await InsertAsync(_mongo.Client);
    }

    [Fact]
    public async Task A_majority_that_was_not_reached_is_told_of_a_write_that_was_made()
    {
        var late = new BsonDocument { { "code", 64 }, { "errmsg", "waiting for replication timed out" } };
        await using var _ = await FailAsync(times: 1, new BsonDocument("writeConcernError", late));
        var id = ObjectId.GenerateNewId();
        var told = await FluentActions
            .Awaiting(() => InsertAsync(_client, id))
            .Should()
            .ThrowAsync<MongoWriteException>();
        told.Which.WriteConcernError.Code.Should().Be(64);
        (await CountAsync(_client, new BsonDocument("_id", id))).Should().Be(1);
    }

    [Fact]
    public async Task A_command_that_is_blocked_until_the_fail_point_is_off_waits_for_that_and_is_then_carried_out()
    {
        Assert.SkipWhen(_mongo.Engine.Kind == EngineKind.Server, "A server blocks for a time only.");
        var id = ObjectId.GenerateNewId();
        Task blocked;
        var untilOff = new BsonDocument { { "blockConnection", true }, { "blockUntilOff", true } };
        await using (await FailAsync(times: null, untilOff))
        {
            blocked = InsertAsync(_client, id);
            await Eventually.TrueAsync(() => _sent > 0);
            // Those of others go on meanwhile.
            for (var other = 0; other < 50; other++)
                await InsertAsync(_mongo.Client);
            blocked.IsCompleted.Should().BeFalse();
            (await CountAsync(_client, new BsonDocument("_id", id))).Should().Be(0);
        }

        await blocked;
        (await CountAsync(_client, new BsonDocument("_id", id))).Should().Be(1);
    }

    public void Dispose() => _client.Dispose();

    private Task<FailPoint> FailAsync(int? times, BsonDocument data) =>
        FailPoint.SetAsync(_mongo.Client, _appName, times, data, "insert");

    private Task<long> CountAsync(IMongoClient client, BsonDocument filter) =>
        Numbers(client).CountDocumentsAsync(filter, null, Cancellation);

    private IMongoCollection<BsonDocument> Numbers(IMongoClient client) =>
        client.GetDatabase(_mongo.Name).GetCollection<BsonDocument>("numbers");

    private Task InsertAsync(IMongoClient client, ObjectId? id = null) =>
        Numbers(client).InsertOneAsync(new BsonDocument("_id", id ?? ObjectId.GenerateNewId()), null, Cancellation);
}
