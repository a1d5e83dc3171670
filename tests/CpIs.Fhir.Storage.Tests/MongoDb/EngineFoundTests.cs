using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>Every test on MongoDB is skipped where the engine is the wrong one; one fails then, so that it is seen.</summary>
public sealed class EngineFoundTests
{
    private static readonly BsonDocument Set = new("setName", "rs0");
    private static readonly BsonDocument Cluster = new("msg", "isdbgrid");

    [Fact]
    public async Task An_engine_that_was_found_or_asked_for_can_be_used()
    {
        var found = await MongoEngine.FindAsync();

        found.IsRefusal.Should().BeFalse(found.WhyNone);
    }

    [Fact]
    public void A_server_of_a_set_or_cluster_and_the_engine_of_these_sources_are_taken()
    {
        var server = new BsonDocument("version", "8.0.4");
        var gateway = new BsonDocument(server) { { "gateway", "mongogw" }, { "gatewaySources", "0123456789ab" } };

        Judge(server, Set).Kind.Should().Be(EngineKind.Server);
        Judge(server, Cluster).Kind.Should().Be(EngineKind.Server);
        Judge(gateway, Set).Kind.Should().Be(EngineKind.DocumentDb);
    }

    [Theory]
    [InlineData("{ version: '8.0.4' }", "This is a standalone server. The tests need *")]
    [InlineData("{ version: '7.0.0', gateway: 'mongogw' }", "This is a standalone server. *")]
    public void A_server_that_stands_alone_is_refused_with_a_sentence(string build, string sentence) =>
        FluentActions
            .Invoking(() => Judge(BsonDocument.Parse(build), []))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage(sentence);

    [Theory]
    [InlineData(
        "{ version: '7.0.0', gateway: 'mongogw' }",
        "*of other sources (unknown; here: 0123456789ab). Run *up*"
    )]
    [InlineData("{ version: '7.0.0', gateway: 'mongogw', gatewaySources: 'ba9876543210' }", "*(ba9876543210; here: *")]
    public void An_engine_of_other_sources_is_refused_with_a_sentence_that_says_what_to_do(
        string build,
        string sentence
    ) =>
        FluentActions
            .Invoking(() => Judge(BsonDocument.Parse(build), Set))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage(sentence);

    private static MongoEngine Judge(BsonDocument build, BsonDocument hello) =>
        MongoEngine.Judge("mongodb://127.0.0.1/", build, hello, "0123456789ab");
}
