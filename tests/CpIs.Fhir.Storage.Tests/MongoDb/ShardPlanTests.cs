using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>The plan of the shards agrees with the collections and indexes that the store makes.</summary>
public sealed class ShardPlanTests
{
    [Fact]
    public void Every_collection_of_the_plan_is_one_of_the_store() =>
        ShardPlan
            .Entries.Select(entry => entry.Collection)
            .Should()
            .OnlyHaveUniqueItems()
            .And.BeSubsetOf(Collections.Names);

    [Fact]
    public void A_unique_index_begins_with_its_shard_key_as_a_cluster_demands()
    {
        foreach (var index in StoreIndex.All.Where(index => index.Unique))
        {
            var key = BsonDocument.Parse(ShardPlan.Entries.Single(e => e.Collection == index.Collection).Key);
            index.Key.Names.Take(key.ElementCount).Should().Equal(key.Names);
            key.Values.Should().NotContain("hashed");
        }
    }

    [Fact]
    public void What_a_look_up_reads_and_writes_is_found_by_the_shard_key()
    {
        foreach (var name in (string[])["resources_read_child", "occurrences_history"])
        {
            var index = StoreIndex.All.Single(index => index.Name == name);
            var key = BsonDocument.Parse(ShardPlan.Entries.Single(e => e.Collection == index.Collection).Key);
            index.Key.Names.First().Should().Be(key.Names.Single());
        }
    }
}
