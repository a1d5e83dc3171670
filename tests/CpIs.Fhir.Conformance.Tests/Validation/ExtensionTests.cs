using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Extensions: where they may stand, what they hold, and what becomes of those that are not known.</summary>
public sealed class ExtensionTests
{
    private const string Value = "'min':1,'max':'1','type':[{'code':'string'}]";

    private static string X(string name, string content = "'valueString':'x'") => $"{{'url':'{Base}{name}',{content}}}";

    private static string Patient(string content) => $"{{'resourceType':'Patient',{content}}}";

    private static string Context(string type, string expression) =>
        $"[{{'type':'{type}','expression':'{expression}'}}]";

    [Theory]
    [InlineData("element", "Patient", "'extension':[{0}]", true)]
    [InlineData("element", "Patient", "'name':[{'extension':[{0}]}]", false)]
    [InlineData("element", "Patient.name", "'name':[{'extension':[{0}]}]", true)]
    [InlineData("element", "HumanName", "'name':[{'extension':[{0}]}]", true)]
    [InlineData("element", "HumanName", "'contact':[{'name':{'extension':[{0}]}}]", true)]
    [InlineData("element", "Patient.name", "'contact':[{'name':{'extension':[{0}]}}]", false)]
    [InlineData("element", "Patient.contact.name", "'contact':[{'name':{'extension':[{0}]}}]", true)]
    [InlineData("element", "HumanName.family", "'name':[{'_family':{'extension':[{0}]}}]", true)]
    [InlineData("element", "Patient.name.family", "'name':[{'_family':{'extension':[{0}]}}]", true)]
    [InlineData("element", "Patient.birthDate", "'_birthDate':{'extension':[{0}]}", true)]
    [InlineData("element", "date", "'_birthDate':{'extension':[{0}]}", true)]
    [InlineData("element", "dateTime", "'_birthDate':{'extension':[{0}]}", false)]
    [InlineData("element", "Patient.deceased[x]", "'_deceasedDateTime':{'extension':[{0}]}", true)]
    [InlineData("element", "Element", "'name':[{'given':[null,'x'],'_given':[{'extension':[{0}]},null]}]", true)]
    [InlineData(
        "element",
        "BackboneElement",
        "'contact':[{'gender':'male','name':{'text':'x'},'extension':[{0}]}]",
        true
    )]
    [InlineData("element", "BackboneElement", "'name':[{'extension':[{0}]}]", false)]
    [InlineData("element", "DomainResource", "'extension':[{0}]", true)]
    [InlineData("element", "Resource", "'extension':[{0}]", true)]
    [InlineData("element", "Flag", "'extension':[{0}]", false)]
    [InlineData(
        "fhirpath",
        "Patient.name.where(use = \\u0027old\\u0027)",
        "'name':[{'use':'old','extension':[{0}]}]",
        true
    )]
    [InlineData(
        "fhirpath",
        "Patient.name.where(use = \\u0027old\\u0027)",
        "'name':[{'use':'usual','extension':[{0}]}]",
        false
    )]
    public void An_extension_stands_where_its_definition_lets_it(
        string type,
        string expression,
        string content,
        bool isRight
    )
    {
        var result = new Synthetic(Extension("X", Context(type, expression), ("value[x]", Value))).Validate(
            Patient(content.Replace("{0}", X("X"), StringComparison.Ordinal)),
            ""
        );
        Told(result, Conformance.Validation.ValidationSeverity.Error)
            .Split('@')[0]
            .Should()
            .Be(isRight ? "" : "fhir-extension-context");
    }

    [Theory]
    [InlineData("'name':[{'family':'x','extension':[{0}]}]", "")]
    [InlineData("'name':[{'given':['x'],'extension':[{0}]}]", "fhir-extension-context@Patient.name[0].extension[0]")]
    public void A_context_invariant_is_asked_of_the_element_that_the_extension_stands_on(
        string content,
        string expected
    )
    {
        var definition = Extension("X", Context("element", "HumanName"), ("value[x]", Value))
            .Replace(
                "\"snapshot\"",
                "\"contextInvariant\":[\"family.exists()\"],\"snapshot\"",
                StringComparison.Ordinal
            );
        new Synthetic(definition)
            .Verdict(Patient(content.Replace("{0}", X("X"), StringComparison.Ordinal)), "")
            .Should()
            .Be(expected);
    }

    private static Synthetic Complex { get; } =
        new(
            Extension(
                "X",
                Context("element", "Patient"),
                ("extension:a", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Extension'}]"),
                ("extension:a.extension", "'max':'0','base':{'max':'*'},'type':[{'code':'Extension'}]"),
                ("extension:a.url", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'a'"),
                ("extension:a.value[x]", "'min':1,'max':'1','type':[{'code':'integer'}]"),
                ("value[x]", "'max':'0','type':[{'code':'string'}]")
            )
        );

    [Theory]
    [InlineData("'extension':[{'url':'a','valueInteger':1}]", "")]
    [InlineData(
        "'extension':[{'url':'a','valueInteger':1},{'url':'other','valueString':'x'}]",
        "fhir-extension-unknown@Patient.extension[0].extension[1]"
    )]
    [InlineData(
        "'extension':[{'url':'a','valueString':'x'}]",
        "fhir-type@Patient.extension[0].extension[0].valueString"
    )]
    [InlineData(
        "'extension':[{'url':'b','valueInteger':1}]",
        "fhir-extension-unknown@Patient.extension[0].extension[0]; fhir-slice-min@Patient.extension[0].extension"
    )]
    [InlineData(
        "'extension':[{'url':'a','valueInteger':1},{'url':'a','valueInteger':2}]",
        "fhir-slice-max@Patient.extension[0].extension[1]"
    )]
    [InlineData(
        "'valueString':'x'",
        "fhir-prohibited@Patient.extension[0].valueString; fhir-slice-min@Patient.extension[0].extension"
    )]
    public void The_parts_of_a_complex_extension_are_slices(string content, string expected) =>
        string.Join(
                "; ",
                Complex
                    .Verdict(Patient($"'extension':[{X("X", content)}]"), "")
                    .Split("; ")
                    .Order(StringComparer.Ordinal)
            )
            .Should()
            .Be(expected);

    [Fact]
    public void An_unknown_extension_is_information_with_a_hint()
    {
        var issue = new Synthetic()
            .Validate(Patient("'extension':[{'url':'https://example.org/unknown','valueString':'x'}]"), "")
            .Issues.Single();
        issue.Severity.Should().Be(Conformance.Validation.ValidationSeverity.Information);
        issue.Rule.Should().Be("fhir-extension-unknown");
        issue.Hint.Should().NotBeNull();
        issue.Found.Should().Be("https://example.org/unknown");
    }

    [Theory]
    [InlineData("'url':'https://example.org/unknown','valueString':''", "fhir-format@Patient.extension[0].valueString")]
    [InlineData(
        "'url':'https://example.org/unknown','valueBogus':'x'",
        "ext-1@Patient.extension[0]; fhir-type@Patient.extension[0].valueBogus"
    )]
    [InlineData("'valueString':'x'", "fhir-min@Patient.extension[0].url")]
    [InlineData("'url':'https://example.org/unknown'", "ext-1@Patient.extension[0]")]
    [InlineData(
        "'url':'https://example.org/unknown','valueString':'x','extension':[{'url':'a','valueString':'x'}]",
        "ext-1@Patient.extension[0]"
    )]
    public void An_unknown_extension_is_still_an_extension(string content, string expected) =>
        new Synthetic().Verdict(Patient($"'extension':[{{{content}}}]"), "").Should().Be(expected);

    [Theory]
    [InlineData("modifierExtension", "Known", "fhir-extension-context@Patient.modifierExtension[0]")]
    [InlineData("modifierExtension", "Modifier", "")]
    [InlineData("extension", "Modifier", "fhir-extension-context@Patient.extension[0]")]
    [InlineData("extension", "Known", "")]
    [InlineData("modifierExtension", "Other", "fhir-modifier-extension@Patient.modifierExtension[0]")]
    public void A_modifier_extension_is_known_and_made_to_be_one(string element, string name, string expected) =>
        new Synthetic(
            Extension("Known", Context("element", "Patient"), ("value[x]", Value)),
            Extension(
                "Modifier",
                Context("element", "Patient"),
                ("", "'max':'*','isModifier':true"),
                ("value[x]", Value)
            )
        )
            .Verdict(Patient($"'{element}':[{X(name)}]"), "")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'birthDate':'2020-01-01','_birthDate':{'id':'x'}", "")]
    [InlineData("'_birthDate':{'extension':[{'url':'https://example.org/x','valueString':'y'}]}", "")]
    [InlineData("'_birthDate':{'id':'x'}", "ele-1@Patient.birthDate")]
    [InlineData("'_birthDate':{}", "ele-1@Patient.birthDate")]
    [InlineData("'_birthDate':null", "fhir-type@Patient.birthDate")]
    [InlineData("'_birthDate':'x'", "fhir-type@Patient.birthDate")]
    [InlineData(
        "'birthDate':null,'_birthDate':{'extension':[{'url':'https://example.org/x','valueString':'y'}]}",
        "fhir-type@Patient.birthDate"
    )]
    [InlineData("'_name':[{}]", "fhir-type@Patient.name[0]")]
    [InlineData("'_bogus':{'id':'x'}", "fhir-unknown-element@Patient.bogus")]
    [InlineData(
        "'name':[{'given':['a',null],'_given':[null,{'extension':[{'url':'https://example.org/x','valueString':'y'}]}]}]",
        ""
    )]
    [InlineData("'name':[{'given':['a'],'_given':[null,null]}]", "fhir-type@Patient.name[0].given[1]")]
    [InlineData("'name':[{'given':['a',null]}]", "fhir-type@Patient.name[0].given[1]")]
    [InlineData("'name':[{'given':['a'],'_given':{'id':'x'}}]", "fhir-type@Patient.name[0].given[0]")]
    [InlineData("'name':[{'given':[['a']]}]", "fhir-type@Patient.name[0].given[0]")]
    [InlineData("'name':[{'given':[]}]", "fhir-list@Patient.name[0].given")]
    [InlineData("'name':[{'given':'a'}]", "fhir-list@Patient.name[0].given")]
    [InlineData("'birthDate':['2020-01-01']", "fhir-list@Patient.birthDate[0]")]
    [InlineData("'birthDate':{'value':'2020-01-01'}", "fhir-type@Patient.birthDate")]
    [InlineData("'name':['x']", "fhir-type@Patient.name[0]")]
    [InlineData("'name':[null]", "fhir-type@Patient.name[0]")]
    [InlineData(
        "'name':[{'resourceType':'HumanName','family':'x'}]",
        "fhir-unknown-element@Patient.name[0].resourceType"
    )]
    [InlineData("'resourcetype':'x'", "fhir-unknown-element@Patient.resourcetype")]
    [InlineData("'__birthDate':{}", "fhir-unknown-element@Patient._birthDate")]
    [InlineData("'_':{}", "fhir-unknown-element@Patient._")]
    [InlineData("'':1", "cpis-json-syntax@Patient")]
    [InlineData("'a b':1", "fhir-unknown-element@Patient.`a b`")]
    public void What_stands_beside_a_primitive_belongs_to_it(string content, string expected) =>
        new Synthetic().Verdict(Patient(content), "").Should().Be(expected);
}
