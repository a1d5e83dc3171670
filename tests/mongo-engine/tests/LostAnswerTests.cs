using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.MongoEngine.Tests;

/// <summary>
/// The engine carries a write out and its answer is lost; the driver asks again. What the store builds on: nothing is done
/// twice, and the second answer tells the outcome of the first.
/// </summary>
public sealed class LostAnswerTests : IClassFixture<MongoDatabase>, IAsyncLifetime
{
    private static readonly BsonDocument AnswerIsLost = new("closeAfter", true);

    private readonly string _appName = "cpis-" + Guid.NewGuid();
    private readonly MongoDatabase _mongo;
    private readonly MongoClient _client;
    private readonly IMongoCollection<BsonDocument> _all;

    public LostAnswerTests(MongoDatabase mongo)
    {
        _mongo = mongo;
        Assert.SkipWhen(mongo.Engine.Kind == EngineKind.Server, "A server has no fail point after a command.");
        var settings = MongoClientSettings.FromConnectionString(mongo.Engine.ConnectionString);
        settings.ApplicationName = _appName;
        _client = new MongoClient(settings);
        _all = _client.GetDatabase(mongo.Name).GetCollection<BsonDocument>(Guid.NewGuid().ToString("N"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await _all.InsertOneAsync(new BsonDocument { { "_id", "counter" }, { "n", 0 } }, null, Cancellation);

    [Fact]
    public async Task A_commit_is_carried_out_once()
    {
        await using var _ = await LoseAsync("commitTransaction");
        using var session = await _client.StartSessionAsync(cancellationToken: Cancellation);
        await session.WithTransactionAsync(
            async (s, cancellation) =>
            {
                await _all.UpdateOneAsync(s, Counter, Increment, cancellationToken: cancellation);
                return true;
            },
            cancellationToken: Cancellation
        );
        (await CounterAsync()).Should().Be(1);
    }

    [Fact]
    public async Task An_insert_of_many_is_carried_out_once()
    {
        await using var _ = await LoseAsync("insert");
        await _all.InsertManyAsync(Enumerable.Range(0, 10).Select(Numbered), null, Cancellation);
        (await _all.CountDocumentsAsync(Empty, null, Cancellation)).Should().Be(11);
    }

    [Fact]
    public async Task Every_update_of_a_bulk_is_carried_out_once()
    {
        await using var _ = await LoseAsync("update");
        var updates = Enumerable.Repeat(new UpdateOneModel<BsonDocument>(Counter, Increment), 3);
        var result = await _all.BulkWriteAsync(updates, null, Cancellation);
        result.ModifiedCount.Should().Be(3);
        (await CounterAsync()).Should().Be(3);
    }

    [Fact]
    public async Task A_replacement_that_had_its_one_match_still_says_so()
    {
        await using var _ = await LoseAsync("update");
        var version = new BsonDocument { { "_id", "counter" }, { "n", 0 } };
        var result = await _all.ReplaceOneAsync(version, new BsonDocument("n", 1), cancellationToken: Cancellation);
        result.MatchedCount.Should().Be(1);
    }

    [Fact]
    public async Task An_upsert_still_says_that_it_inserted()
    {
        await using var _ = await LoseAsync("update");
        var result = await _all.UpdateOneAsync(
            new BsonDocument("_id", "new"),
            Increment,
            new() { IsUpsert = true },
            Cancellation
        );
        result.UpsertedId.Should().Be((BsonString)"new");
        (await _all.CountDocumentsAsync(new BsonDocument("n", 1), null, Cancellation)).Should().Be(1);
    }

    [Fact]
    public async Task What_was_found_and_modified_is_given_again()
    {
        await using var _ = await LoseAsync("findAndModify");
        var after = new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After };
        var found = await _all.FindOneAndUpdateAsync(Counter, Increment, after, Cancellation);
        found["n"].Should().Be((BsonInt32)1);
        (await CounterAsync()).Should().Be(1);
    }

    [Fact]
    public async Task A_deletion_still_says_that_it_deleted()
    {
        await using var _ = await LoseAsync("delete");
        (await _all.DeleteOneAsync(Counter, Cancellation)).DeletedCount.Should().Be(1);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static BsonDocument Empty => [];

    private static BsonDocument Counter => new("_id", "counter");

    private static BsonDocument Increment => new("$inc", new BsonDocument("n", 1));

    private static BsonDocument Numbered(int number) => new("_id", number);

    private Task<FailPoint> LoseAsync(string command) =>
        FailPoint.SetAsync(_mongo.Client, _appName, times: 1, AnswerIsLost, command);

    private async Task<int> CounterAsync() => (await _all.Find(Counter).SingleAsync(Cancellation))["n"].ToInt32();
}
