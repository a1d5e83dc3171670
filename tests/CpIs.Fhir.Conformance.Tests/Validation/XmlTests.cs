using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>The same resource in XML gets the same verdict as in JSON.</summary>
public sealed class XmlTests
{
    public static TheoryData<string> Examples =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Files.Root, "examples"), "*.json", SearchOption.AllDirectories)
                .Where(file =>
                    file.StartsWith(Files.Examples, StringComparison.Ordinal)
                    || file.Contains(
                        $"{Path.DirectorySeparatorChar}bad{Path.DirectorySeparatorChar}",
                        StringComparison.Ordinal
                    )
                )
                // A string in the place of an object is something that XML cannot say.
                .Where(file => !file.EndsWith("fhir-type-authority-as-text.json", StringComparison.Ordinal))
                // Nor can it tell a text from a word that is neither true nor false: that is fhir-format there.
                .Where(file => !file.EndsWith("fhir-type-place-of-action-as-text.json", StringComparison.Ordinal))
                // The SDK's writer trims the values of XML.
                .Where(file => !file.Contains("cpis-patient-name-trimmed-", StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(Files.Root, file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Examples))]
    public async System.Threading.Tasks.Task An_example_in_XML_breaks_the_same_rules_at_the_same_places(string file)
    {
        var json = await File.ReadAllBytesAsync(Path.Combine(Files.Root, file), TestContext.Current.CancellationToken);
        var resource = FhirJsonDeserializer.OSTRICH.DeserializeResource(Encoding.UTF8.GetString(json));
        var xml = Encoding.UTF8.GetBytes(new FhirXmlSerializer().SerializeToString(resource));

        var told = TheValidator.Instance.Validate(FhirSource.Read(xml));
        Rules(told)
            .Should()
            .BeEquivalentTo(
                Rules(TheValidator.Instance.Validate(FhirSource.Read(json))),
                string.Join("; ", told.Errors())
            );
        told.Issues.Where(issue => issue.Line < 1 || issue.Column < 1).Should().BeEmpty();
    }

    [Theory]
    [InlineData(
        "<active value=\"true\"/><identifier><value value=\"x\"/></identifier>",
        "fhir-order@Patient.identifier[0]"
    )]
    [InlineData("<gender value=\"male\"/><gender value=\"female\"/>", "fhir-max@Patient.gender")]
    [InlineData("<name value=\"x\"/>", "fhir-type@Patient.name[0]")]
    [InlineData("<birthDate/>", "ele-1@Patient.birthDate")]
    [InlineData("<birthDate value=\"\"/>", "fhir-format@Patient.birthDate")]
    [InlineData("<birthDate><start value=\"2020\"/></birthDate>", "fhir-unknown-element@Patient.birthDate.start")]
    [InlineData("<birthDate id=\"a\" value=\"2020\"/>", "")]
    [InlineData(
        "<extension url=\"https://example.org/outer\" id=\"a\"><extension url=\"inner\"><valueString value=\"x\"/></extension></extension>",
        ""
    )]
    [InlineData(
        "<extension url=\"https://example.org/outer\"><valueString value=\"x\"/><extension url=\"inner\"><valueString value=\"x\"/></extension></extension>",
        "ext-1@Patient.extension[0]; fhir-order@Patient.extension[0].extension[0]"
    )]
    [InlineData(
        "<contained><Organization><id value=\"o\"/></Organization></contained>",
        "dom-3@Patient; org-1@Patient.contained[0]"
    )]
    public void Elements_are_checked_in_XML_too(string inside, string expected) =>
        string.Join(
                "; ",
                TheValidator
                    .Validate($"<Patient xmlns=\"http://hl7.org/fhir\">{inside}</Patient>")
                    .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
                    .Select(issue => $"{issue.Rule}@{issue.Expression}")
                    .Order(StringComparer.Ordinal)
            )
            .Should()
            .Be(expected);

    [Fact]
    public void Line_and_column_are_those_of_the_element() =>
        TheValidator
            .Validate(
                "<Patient xmlns=\"http://hl7.org/fhir\">\n  <active value=\"true\"/>\n  <bogus value=\"x\"/>\n</Patient>"
            )
            .Issues.Single(issue => issue.Rule == RuleIds.UnknownElement)
            .Should()
            .Match<ValidationIssue>(issue => issue.Line == 3 && issue.Column == 4);

    private static IEnumerable<string> Rules(ValidationResult result) =>
        result
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Warning)
            // Whether an element that is not known is a list of one, XML does not say.
            .Select(issue =>
                $"{issue.Rule}@{(issue.Rule == RuleIds.UnknownElement ? issue.Expression.Replace("[0]", "", StringComparison.Ordinal) : issue.Expression)}"
            );
}
