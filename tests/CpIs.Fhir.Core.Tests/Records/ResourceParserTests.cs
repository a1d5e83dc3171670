using System.Text;
using CpIs.Fhir.Core.Reading;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Tests.Records;

public sealed class ResourceParserTests
{
    [Theory]
    [InlineData("""{"resourceType":"Flag","status":"active","subject":{"reference":"Patient/1"}}""", "Flag.code")]
    [InlineData(
        """{"resourceType":"Flag","status":"activ","code":{"text":"x"},"subject":{"reference":"Patient/1"}}""",
        "Flag.status"
    )]
    [InlineData("""{"resourceType":"Patient","birthDate":"2019-02-30"}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthday":"2019-02-20"}""", "Patient.birthday")]
    [InlineData("""{"resourceType":"Patient","name":{"family":"x"}}""", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","active":"true"}""", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","name":null}""", "Patient.name")]
    [InlineData(
        """{"resourceType":"EpisodeOfCare","status":"active","patient":{"reference":"Patient/1"},"period":{"start":"2024-02-20T24:00:00Z"}}""",
        "EpisodeOfCare.period.start"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1"},{"resource":{"resourceType":"Patient","gender":"x"}}]}""",
        "Bundle.entry[1].resource.gender"
    )]
    public void What_breaks_FHIR_is_a_400_with_its_place(string json, string place)
    {
        var refusal = Parse(json).Refusal!;

        refusal.Kind.Should().Be(RefusalKind.Malformed);
        refusal.Issues.Should().Contain(i => i.Expression != null && i.Expression.StartsWith(place));
        refusal.Issues.Should().OnlyContain(i => !i.Diagnostics.Contains("$this"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceType":"Nope"}""")]
    [InlineData("""{"resourceType":1}""")]
    [InlineData("""{"resourceType":"patient"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":20190220}""")]
    [InlineData("""{"resourceType":"Patient","multipleBirthInteger":99999999999}""")]
    [InlineData("""{"resourceType":"Patient","id":"has spaces"}""")]
    [InlineData("""{"name":[{"family":"x"}]}""")]
    [InlineData(
        """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}}"""
    )]
    public void Whatever_is_no_resource_is_a_400(string json)
    {
        var refusal = Parse(json).Refusal!;

        refusal.Kind.Should().Be(RefusalKind.Malformed);
        refusal.Issues.Should().OnlyContain(i => i.Diagnostics.Length > 0);
    }

    [Fact]
    public void Every_problem_is_listed()
    {
        var refusal = Parse(
            """{"resourceType":"Flag","status":"activ","period":{"start":"yesterday"},"colour":"red"}"""
        ).Refusal!;

        refusal
            .Issues.Select(i => i.Expression)
            .Should()
            .BeEquivalentTo("Flag.status", "Flag.period.start", "Flag.colour", "Flag.code", "Flag.subject");
        refusal.Issues.Should().OnlyContain(i => i.Diagnostics.Contains("line 1, column"));
    }

    [Fact]
    public void Values_are_not_repeated()
    {
        var refusal = Parse("""{"resourceType":"Patient","birthDate":"2019-02-30","gender":"Robin"}""").Refusal!;

        refusal.Issues.Should().OnlyContain(i => !i.Diagnostics.Contains("2019") && !i.Diagnostics.Contains("Robin"));
    }

    [Fact]
    public void Another_type_than_expected_is_a_400() =>
        ResourceParser
            .Parse<Flag>(Encoding.UTF8.GetBytes("""{"resourceType":"Patient","active":true}"""), JsonLimits.Default)
            .Refusal!.Kind.Should()
            .Be(RefusalKind.Malformed);

    private static Result<Resource> Parse(string json) =>
        ResourceParser.Parse(Encoding.UTF8.GetBytes(json), JsonLimits.Default);
}
