using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>A resource that comes in Parameters gets the verdict that it gets alone, also from rules that the SDK's engine judges.</summary>
public sealed class WithinTests
{
    // Only the SDK's engine compares times of different zones: this period ends before it begins.
    private const string Period = "'start':'2026-01-01T12:00:00+01:00','end':'2026-01-01T11:30:00+02:00'";

    [Fact]
    public void In_JSON()
    {
        var text =
            "{'resourceType':'Parameters','parameter':[{'name':'mode','valueCode':'create'},{'name':'resource','resource':{'resourceType':'Patient','name':[{'family':'Synthetic','period':{"
            + Period
            + "}}]}}]}";

        Verdict(FhirSource.ReadJson(Encoding.UTF8.GetBytes(text.Replace('\'', '"'))))
            .Should()
            .Equal("per-1 Patient.name[0].period");
    }

    [Fact]
    public void In_XML()
    {
        const string text = """
            <Parameters xmlns="http://hl7.org/fhir">
              <parameter><name value="mode"/><valueCode value="create"/></parameter>
              <parameter><name value="resource"/><resource><Patient><name><family value="Synthetic"/><period>
                <start value="2026-01-01T12:00:00+01:00"/><end value="2026-01-01T11:30:00+02:00"/>
              </period></name></Patient></resource></parameter>
            </Parameters>
            """;

        Verdict(FhirSource.ReadXml(Encoding.UTF8.GetBytes(text))).Should().Equal("per-1 Patient.name[0].period");
    }

    private static IEnumerable<string> Verdict(FhirSource parameters) =>
        TheValidator
            .Instance.Validate(parameters.Within(parameters.Root!.ChildrenNamed("parameter").Last().Child("resource")!))
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Warning)
            .Select(issue => $"{issue.Rule} {issue.Expression}");
}
