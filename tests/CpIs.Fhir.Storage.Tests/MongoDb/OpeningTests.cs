using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>What the store makes when it is opened, and what it refuses, with what to do about it.</summary>
public sealed class OpeningTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await database.Client.DropDatabaseAsync(database.Name, Cancellation);

    [Fact]
    public async Task Six_servers_that_open_an_empty_database_at_once_find_it_ready()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync()));
        foreach (var store in stores)
        {
            await store.CheckWritableAsync(Cancellation);
            await store.DisposeAsync();
        }

        using var names = await database.Database.ListCollectionNamesAsync(cancellationToken: Cancellation);
        (await names.ToListAsync(Cancellation)).Should().BeEquivalentTo(Collections.Names);
        foreach (var index in StoreIndex.All)
            (await IndexesAsync(index.Collection)).Should().Contain(index.Name);
    }

    [Fact]
    public async Task A_missing_index_is_made_anew()
    {
        await (await OpenAsync()).DisposeAsync();
        var index = StoreIndex.All.First(i => i.Name == "resources_read_child");
        await database
            .Database.GetCollection<BsonDocument>(index.Collection)
            .Indexes.DropOneAsync(index.Name, Cancellation);

        await (await OpenAsync()).DisposeAsync();

        (await IndexesAsync(index.Collection)).Should().Contain(index.Name);
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("not partial")]
    [InlineData("unique")]
    public async Task A_wrong_index_is_refused_by_name_with_the_command_that_drops_it(string wrong)
    {
        await (await OpenAsync()).DisposeAsync();
        var collection = database.Database.GetCollection<BsonDocument>("occurrences");
        await collection.Indexes.DropOneAsync("occurrences_history", Cancellation);
        var keys = wrong == "another key" ? new BsonDocument("t", 1) : new BsonDocument { { "c", 1 }, { "t", 1 } };
        var options = new CreateIndexOptions<BsonDocument>
        {
            Name = "occurrences_history",
            Unique = wrong == "unique",
            PartialFilterExpression = wrong == "not partial" ? null : new BsonDocument("h", true),
        };
        await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(keys, options),
            cancellationToken: Cancellation
        );

        (await RefusalAsync()).Should().Contain("db.occurrences.dropIndex(\"occurrences_history\")");
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        await SetSchemaAsync(Preparation.SchemaVersion + 1);

        (await RefusalAsync()).Should().Contain("newer version").And.Contain(database.Name);
    }

    [Fact]
    public async Task Another_protection_than_it_was_made_with_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();

        var message = await RefusalAsync(options =>
            options with
            {
                Protection = new SealedRecords(ProtectionKeys.Make("test")),
            }
        );

        message.Should().Contain("another protection").And.Contain("cpis store copy");
    }

    [Theory]
    [InlineData("mongodb://user:hunter2@:::/")]
    [InlineData("http://user:hunter2@localhost/")]
    [InlineData("mongodb://user:hunter2@127.0.0.1:1/?connectTimeoutMS=hunter2")]
    [InlineData("mongodb://user:hunter2@127.0.0.1:1/?replicaSet=rs0")]
    public async Task A_connection_string_that_leads_nowhere_is_refused_and_never_repeated(string text)
    {
        var open = () =>
            MongoStore.OpenAsync(
                new MongoStoreOptions
                {
                    ConnectionString = text,
                    ServerSelectionTimeout = TimeSpan.FromMilliseconds(300),
                },
                TimeProvider.System,
                Cancellation
            );

        var refused = (await open.Should().ThrowAsync<StoreUnavailableException>()).Which;

        refused.ToString().Should().NotContain("hunter2");
        refused.Message.Should().Contain("MongoDbOptions:ConnectionString");
    }

    [Theory]
    [InlineData("standalone", "standalone")]
    [InlineData("arbiter", "arbiter")]
    public async Task A_deployment_that_cannot_keep_the_promises_is_refused(string topology, string said)
    {
        await using var engine = await PrivateEngine.StartAsync(new PrivateEngineOptions { Topology = topology });
        var open = () =>
            MongoStore.OpenAsync(
                new MongoStoreOptions { ConnectionString = engine.ConnectionString },
                TimeProvider.System,
                Cancellation
            );

        (await open.Should().ThrowAsync<StoreUnavailableException>()).Which.Message.Should().Contain(said);
    }

    [Theory]
    [InlineData("{ setName: 'rs', hosts: ['a', 'b', 'c'], maxWireVersion: 21 }", true)]
    [InlineData("{ setName: 'rs', hosts: ['a'], maxWireVersion: 21 }", true)]
    [InlineData("{ msg: 'isdbgrid', maxWireVersion: 21 }", true)]
    [InlineData("{ setName: 'rs', hosts: ['a', 'b', 'c', 'd'], arbiters: ['e'], maxWireVersion: 21 }", true)]
    [InlineData("{ setName: 'rs', hosts: ['a', 'b'], arbiters: ['c'], maxWireVersion: 21 }", false)]
    [InlineData("{ setName: 'rs', hosts: ['a'], passives: ['b'], arbiters: ['c'], maxWireVersion: 21 }", false)]
    [InlineData("{ setName: 'rs', hosts: ['a', 'b', 'c'], arbiters: ['d', 'e'], maxWireVersion: 21 }", false)]
    [InlineData("{ isWritablePrimary: true, maxWireVersion: 21 }", false)]
    [InlineData("{ setName: 'rs', hosts: ['a', 'b', 'c'], maxWireVersion: 9 }", false)]
    public void A_deployment_is_judged_by_what_it_says_of_itself(string hello, bool isGood) =>
        (Deployment.Judge(BsonDocument.Parse(hello)) is null).Should().Be(isGood);

    private Task<MongoStore> OpenAsync(Func<MongoStoreOptions, MongoStoreOptions>? change = null)
    {
        var options = new MongoStoreOptions
        {
            ConnectionString = database.Engine.ConnectionString,
            Database = database.Name,
            MinPoolSize = 0,
        };
        return MongoStore.OpenAsync(change?.Invoke(options) ?? options, TimeProvider.System, Cancellation);
    }

    private async Task<string> RefusalAsync(Func<MongoStoreOptions, MongoStoreOptions>? change = null)
    {
        var open = () => OpenAsync(change);
        return (await open.Should().ThrowAsync<StoreUnavailableException>()).Which.Message;
    }

    private async Task<IEnumerable<string>> IndexesAsync(string collection)
    {
        var indexes = database.Database.GetCollection<BsonDocument>(collection).Indexes;
        using var cursor = await indexes.ListAsync(Cancellation);
        return (await cursor.ToListAsync(Cancellation)).Select(index => index["name"].AsString);
    }

    private Task<UpdateResult> SetSchemaAsync(int version) =>
        database
            .Database.GetCollection<BsonDocument>("meta")
            .UpdateOneAsync(
                new BsonDocument("_id", "schema"),
                new BsonDocument("$set", new BsonDocument("v", version)),
                cancellationToken: Cancellation
            );
}
