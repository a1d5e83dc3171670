using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>What an issue tells: where, what was expected, what was found, and how to mend it.</summary>
public sealed class IssueTests
{
    private static ValidationIssue Only(string json) =>
        TheValidator
            .Validate(json)
            .Issues.Should()
            .ContainSingle(issue => issue.Severity >= ValidationSeverity.Error)
            .Subject;

    [Theory]
    [InlineData("{\n  \"resourceType\": \"Patient\",\n  \"bogus\": 1\n}", 3, 3)]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"x\"}", 1, 27)]
    [InlineData("{\r\n\"resourceType\":\"Patient\",\r\n\t\"active\":\"x\"}", 3, 2)]
    [InlineData("{\"resourceType\":\"Patient\",\n\"name\":[{\"family\":\"é\"},\n{\"bogus\":1}]}", 3, 2)]
    [InlineData("{\"resourceType\":\"Patient\",\n\"contact\":\n[{\"gender\":\"male\"}]}", 3, 2)]
    [InlineData("\n\n{\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{\"text\":\"x\"}}", 3, 1)]
    public void A_place_is_the_line_and_column_of_the_element(string json, int line, int column) =>
        Only(json).Should().Match<ValidationIssue>(issue => issue.Line == line && issue.Column == column);

    [Theory]
    [InlineData("{\"resourceType\":\"Patient\",\n\"active\":}", 2)]
    [InlineData("{\"resourceType\":\"Patient\",\n\n\"active\":true,\"active\":true}", 3)]
    public void Broken_text_is_told_with_its_line(string json, int line) => Only(json).Line.Should().Be(line);

    [Theory]
    [InlineData("\"actve\":true", "Is active meant?")]
    [InlineData("\"gender\":\"femal\"", "Is female meant?")]
    [InlineData("\"active\":\"true\"", "Leave the quotes out.")]
    [InlineData("\"language\":1", "Put it in quotes.")]
    [InlineData("\"name\":{\"family\":\"x\"}", "Put it in square brackets, also when there is only one.")]
    [InlineData("\"active\":[true]", "Leave the square brackets out.")]
    [InlineData("\"name\":[]", "Leave the element out if it has no content.")]
    [InlineData("\"id\":\"\"", "Leave the element out if it has no value.")]
    public void An_issue_says_how_to_mend_it(string member, string hint) =>
        Only($"{{\"resourceType\":\"Patient\",{member}}}").Hint.Should().Be(hint);

    [Theory]
    [InlineData(
        "\"birthDate\":\"2023-02-29\"",
        "a date: YYYY, YYYY-MM or YYYY-MM-DD, of a day that exists",
        "2023-02-29"
    )]
    [InlineData("\"active\":\"true\"", "true or false, without quotes", "a string")]
    [InlineData("\"name\":[\"x\"]", "an object (HumanName)", "a string")]
    [InlineData("\"deceasedString\":\"x\"", "boolean or dateTime", "String")]
    [InlineData("\"managingOrganization\":{\"reference\":\"Patient/1\"}", "Organization", "Patient")]
    public void An_issue_says_what_was_expected_and_what_was_found(string member, string expected, string found) =>
        Only($"{{\"resourceType\":\"Patient\",{member}}}")
            .Should()
            .Match<ValidationIssue>(issue => issue.Expected == expected && issue.Found == found);

    [Fact]
    public void What_was_found_is_cut_short()
    {
        var found = Only(
            $"{{\"resourceType\":\"Patient\",\"birthDate\":\"{new string('x', 119)}\U0001F600{new string('x', 500)}\"}}"
        ).Found!;
        found.Length.Should().BeLessThan(130);
        found.Should().NotContain("\ud83d");
    }

    [Fact]
    public void Issues_come_in_the_order_of_the_source_and_are_capped_with_a_count()
    {
        var names = string.Join(',', Enumerable.Repeat("{\"bogus\":1}", 500));
        var result = TheValidator.Validate($"{{\"resourceType\":\"Patient\",\"name\":[{names}]}}");

        result.Issues.Should().HaveCount(200);
        result.Omitted.Should().Be(300);
        result.Errors.Should().Be(500);
        result.Issues.Select(issue => issue.Column).Should().BeInAscendingOrder();
        result.Issues[199].Expression.Should().Be("Patient.name[199].bogus");
    }

    [Fact]
    public void A_profile_that_is_not_at_hand_is_information_and_one_under_our_address_an_error()
    {
        string Claim(string profile) =>
            TheValidator
                .Validate($"{{\"resourceType\":\"Patient\",\"meta\":{{\"profile\":[\"{profile}\"]}}}}")
                .Issues.Single(issue => issue.Rule == RuleIds.ProfileUnknown)
                .Severity.ToString();

        Claim("https://example.org/unknown").Should().Be("Information");
        Claim("https://fhir.cpis.example/StructureDefinition/CPIS-Bogus").Should().Be("Error");
        Claim("https://fhir.cpis.example/StructureDefinition/CPIS-Flag").Should().Be("Error");
    }

    [Fact]
    public async Task Any_number_of_threads_validate_at_once()
    {
        var text = Encoding.UTF8.GetBytes("{\"resourceType\":\"Patient\",\"bogus\":1,\"name\":[{\"given\":[\"x\"]}]}");
        var fresh = new Synthetic();
        var verdicts = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(_ => Task.Run(() => fresh.Validate(FhirSource.Read(text), "").Issues.Single().Rule))
        );
        verdicts.Should().AllBe(RuleIds.UnknownElement);
    }
}
