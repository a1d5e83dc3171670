using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>What every test on MongoDB stands on: an engine is found, and does what the tests take for granted.</summary>
public sealed class EngineTests(MongoDatabase mongo) : IClassFixture<MongoDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_is_found_and_says_what_it_is()
    {
        var pong = await mongo.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument("ping", 1),
            cancellationToken: Cancellation
        );
        pong["ok"].ToBoolean().Should().BeTrue();
        mongo.Engine.Version.Should().MatchRegex(@"^(MongoDB|DocumentDB) \d+\.\d+");
    }

    [Fact]
    public async Task A_transaction_shows_nothing_before_its_commit_and_all_after()
    {
        var all = mongo.Database.GetCollection<BsonDocument>("transaction");
        await all.InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: Cancellation);
        using (var session = await mongo.Client.StartSessionAsync(cancellationToken: Cancellation))
        {
            session.StartTransaction();
            await all.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: Cancellation);
            await all.InsertOneAsync(session, new BsonDocument("_id", 2), cancellationToken: Cancellation);
            (await CountAsync(all)).Should().Be(1);
            await session.CommitTransactionAsync(Cancellation);
        }

        (await CountAsync(all)).Should().Be(3);
    }

    private static Task<long> CountAsync(IMongoCollection<BsonDocument> all) =>
        all.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Cancellation);
}
