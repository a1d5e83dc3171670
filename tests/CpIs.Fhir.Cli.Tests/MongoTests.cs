using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests;

/// <summary><c>cpis mongo plan</c> prints what an operator runs, and connects to nothing.</summary>
public sealed class MongoTests
{
    [Fact]
    public async Task The_plan_names_the_database_its_role_and_a_key_for_each_collection_that_grows()
    {
        var ended = await Invocation.RunAsync("mongo", "plan", "--database", "cpis_north");

        ended.Code.Should().Be(ExitCode.Done);
        ended.Out.Should().Contain("role: \"cpisExchange\"").And.Contain("db: \"cpis_north\"");
        ended.Out.Should().Contain("sh.shardCollection(\"cpis_north.occurrences\", { c: \"hashed\" })");
        ended.Out.Should().Contain("sh.shardCollection(\"cpis_north.events\", { s: 1, n: 1 })");
    }

    [Fact]
    public async Task As_JSON_it_is_one_object()
    {
        var ended = await Invocation.RunAsync("mongo", "plan", "--json");

        var plan = ended.Objects.Should().ContainSingle().Subject;
        plan["role"]!.GetValue<string>().Should().Contain("createRole");
        plan["shards"]!.AsArray().Should().HaveCountGreaterThan(8);
    }

    [Theory]
    [InlineData("a\");db.dropDatabase();(\"")]
    [InlineData("")]
    public async Task A_name_that_is_no_database_is_refused(string name)
    {
        var ended = await Invocation.RunAsync("mongo", "plan", "--database", name);

        ended.Code.Should().Be(ExitCode.CouldNotRun);
        ended.Error.Should().Contain("--database");
        ended.Out.Should().BeEmpty();
    }
}
