using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Formats;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Tests.Generated;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Tests.Formats;

/// <summary>JSON and XML of one resource say the same. The SDK writes the XML, our guarded reader reads it back.</summary>
public sealed class FormatTests
{
    private const string Start = "<Patient xmlns=\"http://hl7.org/fhir\">";

    private static readonly ConformanceSet Set = ConformanceSet.CoreAndOurs();

    public static TheoryData<string> Types => [.. ResourceTypes.All.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Examples =>
        [
            .. Directory
                .EnumerateFiles(Files.Examples, "*.json")
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_resource_of_each_type_comes_back_as_it_was(string type) =>
        ShouldComeBack(GeneratedResource.All.Single(made => made.Type == type).Json);

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Our_examples_come_back_as_they_were(string file) =>
        ShouldComeBack(
            await File.ReadAllTextAsync(Path.Combine(Files.Examples, file), TestContext.Current.CancellationToken)
        );

    /// <summary>What is wrong in XML is as wrong in the JSON that is made of it, and at the same element.</summary>
    [Theory]
    [InlineData("<gender value='male'/><gender value='female'/>", "Patient.gender")]
    [InlineData("<name value='x'/>", "Patient.name")]
    [InlineData("<birthDate/>", "Patient.birthDate")]
    [InlineData("<birthDate value=''/>", "Patient.birthDate")]
    [InlineData("<birthDate><start value='2020'/></birthDate>", "Patient.birthDate.start")]
    [InlineData("<active value='yes'/>", "Patient.active")]
    [InlineData("<multipleBirthInteger value='01'/>", "Patient.multipleBirth")]
    [InlineData("<multipleBirthInteger value='1.0'/>", "Patient.multipleBirth")]
    [InlineData("<multipleBirthInteger value='NaN'/>", "Patient.multipleBirth")]
    [InlineData("<multipleBirthInteger value='1.e5'/>", "Patient.multipleBirth")] // no number of JSON
    [InlineData("<nickname value='Al'/>", "Patient.nickname")]
    [InlineData("<contained/>", "Patient.contained")]
    [InlineData("<identifier value='1'><system value='http://a.example'/></identifier>", "Patient.identifier")]
    public void What_is_wrong_stays_wrong(string inside, string place)
    {
        var json = Json(Start + inside + "</Patient>");

        Set.Validator.Validate(FhirSource.Read(Encoding.UTF8.GetBytes(json)))
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => issue.Expression)
            .Should()
            .Contain(at => at.StartsWith(place, StringComparison.Ordinal), json);
    }

    [Theory]
    [InlineData("<active id='a' value='true'/>", """{"active":true,"_active":{"id":"a"}}""")]
    [InlineData(
        "<name><given value='A'/><given><extension url='http://a.example'><valueCode value='x'/></extension></given></name>",
        """{"name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://a.example","valueCode":"x"}]}]}]}"""
    )]
    [InlineData("<multipleBirthInteger value='2'/>", """{"multipleBirthInteger":2}""")]
    [InlineData("<birthDate value='true'/>", """{"birthDate":"true"}""")]
    [InlineData(
        "<contained><Organization><name value='A &amp; B'/></Organization></contained>",
        """{"contained":[{"resourceType":"Organization","name":"A & B"}]}"""
    )]
    public void Lists_literals_and_what_stands_beside_a_value_are_written_as_JSON_has_them(string inside, string json)
    {
        var wanted = JsonNode.Parse(json)!.AsObject();
        wanted["resourceType"] = "Patient";

        JsonNode.DeepEquals(JsonNode.Parse(Json(Start + inside + "</Patient>")), wanted).Should().BeTrue();
    }

    [Theory]
    [InlineData("<Patient/>", RefusalKind.Malformed)]
    [InlineData("{}", RefusalKind.Malformed)]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" + Start + "</Patient>", RefusalKind.Malformed)]
    [InlineData(Start + "<a xmlns='http://other.example'/></Patient>", RefusalKind.Malformed)]
    public void What_is_no_XML_of_a_resource_is_refused(string xml, RefusalKind kind)
    {
        var refusal = Set.ToJson(Encoding.UTF8.GetBytes(xml), JsonLimits.Default).Refusal;

        refusal!.Kind.Should().Be(kind);
        refusal.Issues.Should().NotBeEmpty();
    }

    [Fact]
    public void Limits_hold_in_XML_too()
    {
        const string Bundle = "<Bundle xmlns='http://hl7.org/fhir'><entry/><entry/><entry/></Bundle>";
        var deep = Start + string.Concat(Enumerable.Repeat("<contact>", 1_000));

        Refused(Bundle, new() { MaximumEntries = 2 }).Kind.Should().Be(RefusalKind.TooLarge);
        Refused(Bundle, new() { MaximumBytes = 10 }).Kind.Should().Be(RefusalKind.TooLarge);
        Refused(deep, new()).Kind.Should().Be(RefusalKind.Malformed);

        static Refusal Refused(string xml, JsonLimits limits) =>
            Set.ToJson(Encoding.UTF8.GetBytes(xml), limits).Refusal!;
    }

    private static void ShouldComeBack(string json)
    {
        var xml = JsonResource.ToXml(Encoding.UTF8.GetBytes(json), isPretty: false);

        var back = Encoding.UTF8.GetString(Set.ToJson(xml, FhirSource.Limits).Value.Span);

        JsonNode
            .DeepEquals(JsonNode.Parse(back), JsonNode.Parse(json))
            .Should()
            .BeTrue($"{back}\n{json}\n{Encoding.UTF8.GetString(xml.Span)}");
    }

    private static string Json(string xml) =>
        Encoding.UTF8.GetString(Set.ToJson(Encoding.UTF8.GetBytes(xml), FhirSource.Limits).Value.Span);
}
