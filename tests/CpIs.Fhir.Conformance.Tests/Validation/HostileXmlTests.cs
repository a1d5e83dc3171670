using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>XML that wants more than to be read: it is refused, or read as what it says, and nothing is fetched.</summary>
public sealed class HostileXmlTests
{
    private const string Ns = "xmlns=\"http://hl7.org/fhir\"";

    private static ValidationResult Validate(byte[] bytes) => TheValidator.Instance.Validate(FhirSource.Read(bytes));

    private static IEnumerable<string> Rules(string xml) =>
        Validate(Encoding.UTF8.GetBytes(xml))
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => issue.Rule);

    public static TheoryData<string, string> Refused =>
        new()
        {
            { $"<!DOCTYPE Patient><Patient {Ns}/>", "cpis-xml-syntax" },
            {
                $"<!DOCTYPE Patient [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Patient {Ns}><language value=\"&x;\"/></Patient>",
                "cpis-xml-syntax"
            },
            { $"<!DOCTYPE Patient SYSTEM \"http://127.0.0.1:9/x.dtd\"><Patient {Ns}/>", "cpis-xml-syntax" },
            {
                "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
                    + $"<Patient {Ns}><language value=\"&c;\"/></Patient>",
                "cpis-xml-syntax"
            },
            { $"<Patient {Ns}><language value=\"&x;\"/></Patient>", "cpis-xml-syntax" },
            { $"<Patient {Ns}><active value=\"true\"></Patient>", "cpis-xml-syntax" },
            { $"<Patient {Ns}><active value=\"true\" value=\"false\"/></Patient>", "cpis-xml-syntax" },
            { $"<Patient {Ns}/><Patient {Ns}/>", "cpis-xml-syntax" },
            { $"<Patient {Ns}><language value=\"&#0;\"/></Patient>", "cpis-xml-syntax" },
            { $"<Patient {Ns}><language value=\"&#xD800;\"/></Patient>", "cpis-xml-syntax" },
            { $"<?xml version=\"1.0\" encoding=\"utf-7\"?><Patient {Ns}/>", "cpis-xml-syntax" },
            { $"<?xml version=\"1.0\" encoding=\"bogus\"?><Patient {Ns}/>", "cpis-xml-syntax" },
            { $"<?xml version=\"1.0\" encoding=\"utf-16\"?><Patient {Ns}/>", "cpis-xml-syntax" },
            { "<", "cpis-xml-syntax" },
            { "<!-- nothing -->", "cpis-xml-syntax" },
            { "<Patient/>", "cpis-xml-namespace" },
            { "<Patient xmlns=\"urn:other\"/>", "cpis-xml-namespace" },
            { $"<Patient {Ns}><x:active xmlns:x=\"urn:other\" value=\"true\"/></Patient>", "cpis-xml-namespace" },
            { $"<Patient {Ns}>text</Patient>", "cpis-xml-text" },
            { $"<Patient {Ns}><![CDATA[text]]></Patient>", "cpis-xml-text" },
            { $"<Patient {Ns} bogus=\"1\"/>", "cpis-xml-attribute" },
            { $"<Patient {Ns}><active xmlns:x=\"urn:x\" x:value=\"true\"/></Patient>", "cpis-xml-attribute" },
            { $"<Patient {Ns}><contained><Patient/><Organization/></contained></Patient>", "cpis-xml-resource" },
            { $"<Patient {Ns}><Organization/></Patient>", "cpis-xml-resource" },
            { $"<Patient {Ns}>{string.Concat(Enumerable.Repeat("<extension url=\"x\">", 50_000))}", "cpis-json-depth" },
            {
                $"<x:Patient xmlns:x=\"http://hl7.org/fhir\" {string.Concat(Enumerable.Range(0, 9).Select(at => $"x:a{at}=\"\" "))}/>",
                "cpis-xml-attribute"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void It_is_refused_with_its_place(string xml, string rule)
    {
        var result = Validate(Encoding.UTF8.GetBytes(xml));

        result.Issues.Should().NotBeEmpty();
        result.Issues[0].Rule.Should().Be(rule);
        result.Issues[0].Severity.Should().Be(ValidationSeverity.Fatal);
        result.Issues[0].Line.Should().BePositive();
        result.Issues[0].Column.Should().BePositive();
    }

    [Theory]
    [InlineData("<Patient {ns}><!-- x --><active value=\"true\"/><?pi x?></Patient>")]
    [InlineData("<x:Patient xmlns:x=\"http://hl7.org/fhir\"><x:active value=\"true\"/></x:Patient>")]
    [InlineData("\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Patient {ns}><active value=\"true\"/></Patient>")]
    [InlineData("  \n<Patient {ns}><active value=\"&#116;rue\"/></Patient>")]
    public void It_is_read_as_what_it_says(string xml) =>
        Rules(xml.Replace("{ns}", Ns, StringComparison.Ordinal)).Should().BeEmpty();

    [Fact]
    public void The_type_of_an_outer_resource_is_not_taken_over_by_one_inside() =>
        Validate(Encoding.UTF8.GetBytes($"<Patient {Ns}><Flag/></Patient>")).IsValid.Should().BeFalse();

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Text_of_another_encoding_is_refused_or_read(string encoding)
    {
        var coding = Encoding.GetEncoding(encoding);
        var bytes = coding
            .GetPreamble()
            .Concat(coding.GetBytes($"<?xml version=\"1.0\" encoding=\"{encoding}\"?><Patient {Ns}/>"))
            .ToArray();
        Validate(bytes).Issues.Should().NotBeEmpty();
        TheValidator.Instance.Validate(FhirSource.ReadXml(bytes)).Issues.Should().NotBeNull();
    }
}
