using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.MongoEngine.Tests;

/// <summary>Indexes: made, told, refused, and seen in plans, on whichever engine is found.</summary>
public sealed class EngineIndexTests(MongoDatabase mongo) : IClassFixture<MongoDatabase>
{
    private const int IndexOptionsConflict = 85;
    private const int IndexKeySpecsConflict = 86;

    private static readonly BsonDocument NotNull = new("claim", new BsonDocument("$type", "string"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMongoCollection<BsonDocument> All =>
        mongo.Database.GetCollection<BsonDocument>(TestContext.Current.TestMethod!.MethodName);

    [Fact]
    public async Task What_is_made_is_listed_and_may_be_made_again()
    {
        for (var time = 0; time < 2; time++)
        {
            await MakeAsync("by_kind", new BsonDocument { { "kind", 1 }, { "at", -1 } });
            await MakeAsync(
                "by_claim",
                new BsonDocument("claim", 1),
                new() { Unique = true, PartialFilterExpression = NotNull }
            );
            await MakeAsync("until", new BsonDocument("until", 1), new() { ExpireAfter = TimeSpan.FromDays(1) });
        }

        var listed = (await (await All.Indexes.ListAsync(Cancellation)).ToListAsync(Cancellation)).ToDictionary(i =>
            i["name"].AsString
        );
        listed.Keys.Should().BeEquivalentTo("_id_", "by_kind", "by_claim", "until");
        listed["by_kind"]["key"].Should().Be(new BsonDocument { { "kind", 1 }, { "at", -1 } });
        listed["by_claim"]["unique"].ToBoolean().Should().BeTrue();
        listed["by_claim"]["partialFilterExpression"].Should().Be(NotNull);
        listed["until"]["expireAfterSeconds"].ToInt32().Should().Be(86400);
    }

    [Fact]
    public async Task Another_index_of_the_same_name_or_the_same_keys_is_refused()
    {
        await MakeAsync("by_kind", new BsonDocument("kind", 1));
        var otherKeys = () => MakeAsync("by_kind", new BsonDocument("at", 1));
        (await otherKeys.Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(IndexKeySpecsConflict);
        var otherName = () => MakeAsync("by_sort", new BsonDocument("kind", 1));
        (await otherName.Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(IndexOptionsConflict);
    }

    [Fact]
    public async Task What_is_dropped_is_gone()
    {
        await MakeAsync("by_kind", new BsonDocument("kind", 1));
        await All.Indexes.DropOneAsync("by_kind", Cancellation);
        (await (await All.Indexes.ListAsync(Cancellation)).ToListAsync(Cancellation)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_partial_unique_index_refuses_only_what_it_holds()
    {
        await MakeAsync(
            "by_claim",
            new BsonDocument("claim", 1),
            new() { Unique = true, PartialFilterExpression = NotNull }
        );
        BsonDocument[] allowed =
        [
            new("claim", "a"),
            new("claim", BsonNull.Value),
            new("claim", BsonNull.Value),
            new("x", 1),
        ];
        await All.InsertManyAsync(allowed, null, Cancellation);
        var second = () => All.InsertOneAsync(new BsonDocument("claim", "a"), null, Cancellation);
        (await second.Should().ThrowAsync<MongoWriteException>()).Which.WriteError.Code.Should().Be(11000);
    }

    [Fact]
    public async Task A_plan_names_the_index_and_counts_what_it_examined()
    {
        await MakeAsync("by_kind", new BsonDocument { { "kind", 1 }, { "at", 1 } });
        await All.InsertManyAsync(
            Enumerable
                .Range(0, 2000)
                .Select(i => new BsonDocument
                {
                    { "kind", i % 100 },
                    { "at", i },
                    { "z", i },
                }),
            null,
            Cancellation
        );
        var find = new BsonDocument { { "find", All.CollectionNamespace.CollectionName } };
        var served = await ExplainAsync(new(find) { { "filter", new BsonDocument("kind", 7) } });
        served["queryPlanner"].ToString().Should().Contain("by_kind").And.NotContain("COLLSCAN");
        served["executionStats"]["nReturned"].ToInt32().Should().Be(20);
        served["executionStats"]["totalDocsExamined"].ToInt32().Should().Be(20);
        var unserved = await ExplainAsync(new(find) { { "filter", new BsonDocument("z", 7) } });
        unserved["queryPlanner"].ToString().Should().Contain("COLLSCAN");
        unserved["executionStats"]["totalDocsExamined"].ToInt32().Should().Be(2000);
    }

    [Fact]
    public async Task The_plan_of_an_update_names_the_index_it_finds_by_and_writes_nothing()
    {
        await MakeAsync("by_kind", new BsonDocument("kind", 1));
        await All.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "kind", 1 } }, null, Cancellation);
        var statement = new BsonDocument
        {
            { "q", new BsonDocument("kind", 1) },
            { "u", new BsonDocument("$set", new BsonDocument("kind", 2)) },
        };
        var update = new BsonDocument
        {
            { "update", All.CollectionNamespace.CollectionName },
            {
                "updates",
                new BsonArray { statement }
            },
        };
        (await ExplainAsync(update, "queryPlanner"))["queryPlanner"].ToString().Should().Contain("by_kind");
        (await All.CountDocumentsAsync(new BsonDocument("kind", 1), null, Cancellation)).Should().Be(1);
    }

    private Task<string> MakeAsync(string name, BsonDocument keys, CreateIndexOptions<BsonDocument>? options = null)
    {
        options ??= new();
        options.Name = name;
        return All.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(keys, options), null, Cancellation);
    }

    private Task<BsonDocument> ExplainAsync(BsonDocument command, string verbosity = "executionStats") =>
        mongo.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", command }, { "verbosity", verbosity } },
            null,
            Cancellation
        );
}
