using System.Diagnostics;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.MongoEngine.Tests;

/// <summary>What the store builds on, whichever engine is found.</summary>
public sealed class EngineTests(MongoDatabase mongo) : IClassFixture<MongoDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static FilterDefinition<BsonDocument> Any => FilterDefinition<BsonDocument>.Empty;

    private static FilterDefinition<BsonDocument> Counter => new BsonDocument("_id", "counter");

    private static UpdateDefinition<BsonDocument> Increment => new BsonDocument("$inc", new BsonDocument("n", 1));

    private IMongoCollection<BsonDocument> All =>
        mongo.Database.GetCollection<BsonDocument>(TestContext.Current.TestMethod!.MethodName);

    [Fact]
    public async Task An_engine_is_found_and_says_what_it_is()
    {
        var pong = await RunAsync(new BsonDocument("ping", 1));
        pong["ok"].ToBoolean().Should().BeTrue();
        mongo.Engine.Version.Should().MatchRegex(@"^(MongoDB|DocumentDB) \d+\.\d+");
    }

    [Fact]
    public async Task Our_engine_says_what_it_was_built_from()
    {
        Assert.SkipWhen(mongo.Engine.Kind == EngineKind.Server, "A server is not ours.");
        using var tool = Process.Start(
            new ProcessStartInfo(Path.Combine(Folder(), "sources")) { RedirectStandardOutput = true }
        )!;
        var sources = await tool.StandardOutput.ReadToEndAsync(Cancellation);
        (await RunAsync(new BsonDocument("buildInfo", 1)))["gatewaySources"].AsString.Should().Be(sources.Trim());

        static string Folder()
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "sources")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    [Fact]
    public async Task A_transaction_shows_nothing_before_its_commit_and_all_after()
    {
        await InsertAsync(1);
        using var session = await mongo.Client.StartSessionAsync(null, Cancellation);
        session.StartTransaction();
        await All.InsertOneAsync(session, new BsonDocument("_id", 1), null, Cancellation);
        await All.InsertOneAsync(session, new BsonDocument("_id", 2), null, Cancellation);
        (await CountAsync()).Should().Be(1);
        await session.CommitTransactionAsync(Cancellation);
        (await CountAsync()).Should().Be(3);
    }

    [Fact]
    public async Task A_transaction_that_was_refused_a_duplicate_leaves_nothing()
    {
        await InsertAsync(1);
        using var session = await mongo.Client.StartSessionAsync(null, Cancellation);
        session.StartTransaction();
        await All.InsertOneAsync(session, new BsonDocument("_id", 1), null, Cancellation);
        var again = () => All.InsertOneAsync(session, new BsonDocument("_id", 0), null, Cancellation);
        (await again.Should().ThrowAsync<MongoWriteException>())
            .Which.WriteError.Category.Should()
            .Be(ServerErrorCategory.DuplicateKey);
        await session.AbortTransactionAsync(Cancellation);
        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task A_transaction_reads_what_was_there_when_it_began()
    {
        await InsertAsync(300);
        using var session = await mongo.Client.StartSessionAsync(null, Cancellation);
        session.StartTransaction(new(ReadConcern.Snapshot));
        using var cursor = await All.FindAsync(session, Any, new() { BatchSize = 100 }, Cancellation);
        await cursor.MoveNextAsync(Cancellation);
        await All.DeleteManyAsync(Any, Cancellation);
        var read = cursor.Current.Count();
        while (await cursor.MoveNextAsync(Cancellation))
            read += cursor.Current.Count();
        read.Should().Be(300);
        await session.CommitTransactionAsync(Cancellation);
    }

    [Fact]
    public async Task The_second_of_two_transactions_that_write_one_document_is_told_to_try_again()
    {
        await All.InsertOneAsync(new BsonDocument { { "_id", "counter" }, { "n", 0 } }, null, Cancellation);
        using var first = await mongo.Client.StartSessionAsync(null, Cancellation);
        using var second = await mongo.Client.StartSessionAsync(null, Cancellation);
        first.StartTransaction();
        second.StartTransaction();
        await All.UpdateOneAsync(first, Counter, Increment, null, Cancellation);
        var late = () => All.UpdateOneAsync(second, Counter, Increment, null, Cancellation);
        var refused = await late.Should().ThrowAsync<MongoException>();
        refused.Which.HasErrorLabel("TransientTransactionError").Should().BeTrue();
        await first.CommitTransactionAsync(Cancellation);
    }

    [Fact]
    public async Task Eight_writers_in_transactions_lose_no_increment()
    {
        await All.InsertOneAsync(new BsonDocument { { "_id", "counter" }, { "n", 0 } }, null, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => IncrementAsync(10)));
        (await All.Find(Counter).SingleAsync(Cancellation))["n"].ToInt32().Should().Be(80);
    }

    [Fact]
    public async Task Eight_workers_that_claim_get_each_document_once()
    {
        await InsertAsync(100);
        var claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClaimAsync()));
        claimed.SelectMany(ids => ids).Should().HaveCount(100).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_sorted_read_comes_whole_and_in_order_over_many_batches()
    {
        await InsertAsync(5000);
        var newestFirst = Builders<BsonDocument>.Sort.Descending("_id");
        var read = await All.Find(Any, new() { BatchSize = 700 }).Sort(newestFirst).ToListAsync(Cancellation);
        read.Select(d => d["_id"].AsInt32).Should().Equal(Enumerable.Range(0, 5000).Reverse());
    }

    private async Task IncrementAsync(int times)
    {
        using var session = await mongo.Client.StartSessionAsync(null, Cancellation);
        for (var i = 0; i < times; i++)
            await session.WithTransactionAsync(
                (s, cancellation) => All.UpdateOneAsync(s, Counter, Increment, null, cancellation),
                cancellationToken: Cancellation
            );
    }

    private async Task<List<int>> ClaimAsync()
    {
        var ids = new List<int>();
        var free = new BsonDocument("by", BsonNull.Value);
        var take = new BsonDocument("$set", new BsonDocument("by", Guid.NewGuid().ToString()));
        while (await All.FindOneAndUpdateAsync<BsonDocument>(free, take, null, Cancellation) is { } claimed)
            ids.Add(claimed["_id"].AsInt32);
        return ids;
    }

    private Task InsertAsync(int count) =>
        All.InsertManyAsync(Enumerable.Range(0, count).Select(i => new BsonDocument("_id", i)), null, Cancellation);

    private Task<long> CountAsync() => All.CountDocumentsAsync(Any, null, Cancellation);

    private Task<BsonDocument> RunAsync(BsonDocument command) =>
        mongo.Database.RunCommandAsync<BsonDocument>(command, null, Cancellation);
}
