using System.Globalization;
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
    [InlineData(128, "")]
    [InlineData(129, "txt-1")]
    [InlineData(50_000, "txt-1")]
    public void A_narrative_is_read_no_deeper_than_one_may_be(int depth, string rule)
    {
        var narrative =
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">"
            + $"{string.Concat(Enumerable.Repeat("<p>", depth))}x{string.Concat(Enumerable.Repeat("</p>", depth))}</div>";
        var source = FhirSource.Read(
            Encoding.UTF8.GetBytes($"<Patient {Ns}><text><status value=\"generated\"/>{narrative}</text></Patient>")
        );

        // A writer's time grows with the square of the depth.
        source.Root!.Nodes[0].Nodes[1].Value!.Length.Should().BeLessThan(1_000 + 10 * 130);
        TheValidator
            .Instance.Validate(source)
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => issue.Rule)
            .Should()
            .Equal(rule.Length == 0 ? [] : [rule]);
    }

    [Theory]
    [InlineData("a{0}=\"\" ")]
    [InlineData("xmlns:a{0}='>' ")]
    [InlineData("value = \"\" ")]
    public void A_tag_of_many_attributes_is_refused_before_they_are_compared_with_each_other(string attribute)
    {
        var many = string.Concat(
            Enumerable.Range(0, 100_000).Select(at => string.Format(CultureInfo.InvariantCulture, attribute, at))
        );
        var xml = Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\"?><!-- ' --><Patient {Ns}>\n  <name\n {many}/></Patient>"
        );
        Validate(xml);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var told = Validate(xml).Issues.Single();

        // Nothing was built of them: memory stands for the work, which is one pass.
        (GC.GetAllocatedBytesForCurrentThread() - before)
            .Should()
            .BeLessThan(20_000);
        (told.Rule, told.Line, told.Column).Should().Be(("cpis-json-properties", 2, 3));
    }

    [Fact]
    public void Attributes_of_many_tags_and_signs_in_quotes_comments_and_narratives_are_not_counted_together()
    {
        var names = string.Concat(
            Enumerable.Repeat("<name id=\"a=b=c='>'=\"><!-- <x = = > --><text value='&quot;=&gt;='/></name>", 600)
        );

        Rules($"<Patient {Ns}><?pi = ?>{names}</Patient>").Should().NotContain("cpis-json-properties");
    }

    [Fact]
    public void A_narrative_of_many_attributes_is_refused_in_JSON_too()
    {
        var many = string.Concat(Enumerable.Range(0, 100_000).Select(at => $"a{at}='' "));

        TheValidator
            .Validate(
                $$$"""{"resourceType":"Basic","code":{"text":"x"},"text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'><p {{{many}}}>x</p></div>"}}"""
            )
            .Issues.Should()
            .ContainSingle(issue => issue.Rule == "txt-1")
            .Which.Message.Should()
            .Contain("more than 512 attributes");
    }

    [Fact]
    public void Entries_of_a_Bundle_are_counted_while_they_are_read()
    {
        var source = FhirSource.ReadXml(
            Encoding.UTF8.GetBytes($"<Bundle {Ns}>{string.Concat(Enumerable.Repeat("<entry/>", 4))}<broken"),
            FhirSource.Limits with
            {
                MaximumEntries = 3,
            }
        );

        source.Problems.Single().Rule.Should().Be("cpis-upload-entries");
        source.Problems.Single().Expression.Should().Be("Bundle.entry");
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
