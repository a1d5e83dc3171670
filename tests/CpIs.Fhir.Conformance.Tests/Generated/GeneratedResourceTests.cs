using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Validation;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Tests.Generated;

/// <summary>
/// Resources that are right by FHIR's definitions are called right, for every type of R4; the SDK's strict parser is the witness.
/// (Their invariants: <see cref="FhirPath.AgreementTests"/>.) One thing wrong in them is told.
/// </summary>
public sealed class GeneratedResourceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Types => [.. ResourceTypes.All.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_resource_made_from_its_definition_is_valid_and_the_SDK_reads_it(string type)
    {
        var made = Of(type);

        foreach (var json in new[] { made.Least, made.Json })
        {
            TheValidator.Validate(json).Errors().Should().BeEmpty(json);
            FhirJsonDeserializer
                .STRICT.TryDeserializeResource(json, out _, out var problems)
                .Should()
                .BeTrue($"{string.Join("; ", problems.Select(problem => problem.Message))}\n{json}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Whatever_it_must_have_is_missed(string type)
    {
        var made = Of(type);
        var definition = ResourceMaker.Definition(type);
        foreach (
            var element in ResourceMaker
                .Children(definition, definition.Elements[0])
                .Where(e => e.Min > 0 && !e.Id.EndsWith("[x]", StringComparison.Ordinal))
        )
        {
            var broken = JsonNode.Parse(made.Json)!.AsObject();
            broken.Remove(element.Id[(type.Length + 1)..]).Should().BeTrue(element.Id);
            Rules(broken).Should().Contain(RuleIds.Min, element.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_element_of_another_type_or_name_is_told(string type)
    {
        foreach (var (name, value) in JsonNode.Parse(Of(type).Json)!.AsObject().Where(p => p.Key != "resourceType"))
        {
            var broken = JsonNode.Parse(Of(type).Json)!.AsObject();
            broken[name] = new JsonArray(new JsonArray());
            Rules(broken).Should().Contain(rule => rule == RuleIds.Type || rule == RuleIds.List, name);
            broken.Remove(name);
            broken["not" + name] = value!.DeepClone();
            Rules(broken).Should().Contain(RuleIds.UnknownElement, name);
        }
    }

    [Fact]
    public void Nearly_every_element_of_every_type_is_in_them()
    {
        var (held, possible) = (GeneratedResource.All.Sum(g => g.Held), GeneratedResource.All.Sum(g => g.Possible));
        foreach (var made in GeneratedResource.All)
            output.WriteLine($"{made.Type}: {made.Held} of {made.Possible}, {made.Json.Length} characters");
        output.WriteLine($"{held} of {possible}; {GeneratedResource.All.Sum(g => g.Refused.Count)} refused");

        (held / (double)possible).Should().BeGreaterThan(0.95);
        GeneratedResource.All.Sum(g => g.Refused.Count).Should().BePositive("rules between elements are met by chance");
    }

    [Fact]
    public void The_same_seed_makes_the_same_resource()
    {
        GeneratedResource.Grow("Observation", 1).Json.Should().Be(Of("Observation").Json);
        GeneratedResource.Grow("Observation", 2).Json.Should().NotBe(Of("Observation").Json);
    }

    private static GeneratedResource Of(string type) => GeneratedResource.All.Single(made => made.Type == type);

    private static IEnumerable<string> Rules(JsonObject resource) =>
        TheValidator
            .Validate(resource)
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => issue.Rule);
}
