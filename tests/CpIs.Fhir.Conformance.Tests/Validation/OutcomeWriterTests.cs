using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>What the validator says is itself valid FHIR, whatever it speaks of.</summary>
public sealed class OutcomeWriterTests
{
    private static readonly ConformanceSet Set = ConformanceSet.CoreAndOurs();

    [Fact]
    public void A_resource_without_problems_has_one_issue_that_says_so()
    {
        var outcome = OutcomeOf("""{"resourceType":"Patient","active":true}""");

        var issue = outcome.GetProperty("issue").EnumerateArray().Should().ContainSingle().Subject;
        issue.GetProperty("severity").GetString().Should().Be("information");
        issue.GetProperty("code").GetString().Should().Be("informational");
        issue.GetProperty("diagnostics").GetString().Should().Be("No problems found.");
    }

    [Fact]
    public void An_issue_tells_rule_place_line_and_column()
    {
        var outcome = OutcomeOf("{\n  \"resourceType\": \"Patient\",\n  \"name\": \"ü\", \"gender\": \"wren\"\n}");

        var issue = outcome
            .GetProperty("issue")
            .EnumerateArray()
            .Single(i => i.GetProperty("expression")[0].GetString() == "Patient.gender");
        issue.GetProperty("severity").GetString().Should().Be("error");
        var coding = issue.GetProperty("details").GetProperty("coding")[0];
        coding.GetProperty("system").GetString().Should().Be("https://fhir.cpis.example/CodeSystem/rule");
        coding.GetProperty("code").GetString().Should().Be("fhir-binding");
        issue.GetProperty("diagnostics").GetString().Should().Contain("Expected: ").And.Contain("Found: wren");
        issue.GetProperty("location")[0].GetString().Should().Be("line 3, column 16");
        issue
            .GetProperty("extension")
            .EnumerateArray()
            .Select(e =>
                (Url: e.GetProperty("url").GetString()!.Split('-')[^1], e.GetProperty("valueInteger").GetInt32())
            )
            .Should()
            .Equal(("line", 3), ("col", 16));
    }

    [Fact]
    public void What_is_not_listed_is_counted_and_never_hides_that_there_are_errors()
    {
        var source = FhirSource.ReadJson("""{"resourceType":"Patient","a":1,"b":1,"c":1}"""u8.ToArray());
        var result = Set.Validator.Validate(source, [], new ValidatorOptions { MaximumIssues = 1 });
        result.Issues.Should().HaveCount(1);
        result.Omitted.Should().BePositive();

        var issues = Read(OutcomeWriter.ToBytes(result)).GetProperty("issue").EnumerateArray().ToList();
        issues.Should().HaveCount(2);
        issues[1].GetProperty("severity").GetString().Should().Be("information");
        issues[1].GetProperty("diagnostics").GetString().Should().StartWith($"{result.Omitted} more ");

        var hidden = result with { Issues = [] };
        Read(OutcomeWriter.ToBytes(hidden))
            .GetProperty("issue")[0]
            .GetProperty("severity")
            .GetString()
            .Should()
            .Be("error");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON at all \u0001")]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"\\u0007\\u0000 \\ud800\"}")]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"   \"}")]
    [InlineData("{\"resourceType\":\"Patient\",\"\\u0001 \":1,\"birthDate\":\"1-1-1\"}")]
    [InlineData("{\"resourceType\":\"Nothing\"}")]
    [InlineData(
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{},{\"resource\":{\"resourceType\":\"Flag\"}}]}"
    )]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"&#x9;x\"/><wren/></Patient>")]
    [InlineData("<!DOCTYPE x><Patient/>")]
    public void An_outcome_is_valid_whatever_was_sent(string text)
    {
        var first = Set.Validator.Validate(FhirSource.Read(Encoding.UTF8.GetBytes(text)));
        first.IsValid.Should().BeFalse();

        AssertValid(first);
    }

    [Fact]
    public void The_outcome_of_every_bad_example_is_valid()
    {
        var files = Directory.GetFiles(
            Path.Combine(Profiles.Checkout.Root, "examples", "bad"),
            "*.json",
            SearchOption.AllDirectories
        );
        files.Should().HaveCountGreaterThan(100);
        foreach (var file in files)
            AssertValid(Set.Validator.Validate(FhirSource.Read(File.ReadAllBytes(file))));
    }

    [Theory]
    [InlineData("CPIS-Flag", "https://fhir.cpis.example/StructureDefinition/CPIS-Flag")]
    [InlineData("Flag", "http://hl7.org/fhir/StructureDefinition/Flag")]
    [InlineData(
        "https://fhir.cpis.example/StructureDefinition/CPIS-Flag",
        "https://fhir.cpis.example/StructureDefinition/CPIS-Flag"
    )]
    [InlineData("https://fhir.cpis.example/StructureDefinition/Flag", null)]
    [InlineData("CPIS-Flg", null)]
    public void A_profile_may_be_named_as_people_do(string named, string? canonical) =>
        Set.Canonical(named).Should().Be(canonical);

    [Fact]
    public void A_profile_that_is_not_at_hand_has_neighbours() =>
        Set.Near("https://example.org/CPIS-Flg")
            .Should()
            .Contain("https://fhir.cpis.example/StructureDefinition/CPIS-Flag");

    private static void AssertValid(ValidationResult first)
    {
        var outcome = OutcomeWriter.ToBytes(first);
        var second = Set.Validator.Validate(FhirSource.ReadJson(outcome));
        second
            .IsValid.Should()
            .BeTrue(
                "{0} of {1}",
                string.Join("; ", second.Issues.Select(i => $"{i.Expression} {i.Rule} {i.Message}")),
                Encoding.UTF8.GetString(outcome)
            );
    }

    private static JsonElement OutcomeOf(string text) =>
        Read(OutcomeWriter.ToBytes(Set.Validator.Validate(FhirSource.Read(Encoding.UTF8.GetBytes(text)))));

    private static JsonElement Read(byte[] json) => JsonDocument.Parse(json).RootElement;
}
