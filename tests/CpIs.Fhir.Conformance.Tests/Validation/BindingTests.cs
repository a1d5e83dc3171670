using CpIs.Fhir.Conformance.Validation;
using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Codes and their value sets: what is wrong, what is doubtful, and what cannot be told.</summary>
public sealed class BindingTests
{
    private const string Set = "https://example.org/ValueSet/letters";
    private const string Wide = "https://example.org/ValueSet/wide";
    private const string System = "https://example.org/CodeSystem/letters";

    private static string Letters { get; } =
        Quoted(
            $"{{'resourceType':'CodeSystem','url':'{System}','caseSensitive':true,'content':'complete','concept':[{{'code':'a','display':'Letter A'}},{{'code':'b'}},{{'code':'c'}},{{'code':'d'}}]}}"
        );

    private static string ValueSet(string url, string codes) =>
        Quoted(
            $"{{'resourceType':'ValueSet','url':'{url}','compose':{{'include':[{{'system':'{System}','concept':[{string.Join(',', codes.Select(code => $"{{'code':'{code}'}}"))}]}}]}}}}"
        );

    private static Synthetic With(string type, string strength, bool isLimited = false, string set = Set) =>
        new(
            P(
                (
                    "value[x]",
                    $"'max':'1','type':[{{'code':'{type}'}}],'binding':{{{(isLimited ? $"'extension':[{{'url':'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet','valueCanonical':'{Wide}'}}]," : "")}'strength':'{strength}','valueSet':'{set}'}}"
                )
            ),
            Letters,
            ValueSet(Set, "ab"),
            ValueSet(Wide, "abc")
        );

    private static string Told(Synthetic set, string value) =>
        string.Join(
            "; ",
            set.Validate($"{{'resourceType':'Basic',{value}}}")
                .Issues.Select(issue => $"{issue.Severity} {issue.Rule}@{issue.Expression}")
        );

    private static string Coding(string code, string system = System) => $"{{'system':'{system}','code':'{code}'}}";

    [Theory]
    [InlineData("required", "a", "")]
    [InlineData("required", "c", "Error fhir-binding@Basic.valueCoding")]
    [InlineData("extensible", "c", "Warning fhir-binding@Basic.valueCoding")]
    [InlineData("preferred", "c", "Information fhir-binding@Basic.valueCoding")]
    [InlineData("example", "c", "")]
    public void A_code_outside_is_as_grave_as_its_binding(string strength, string code, string expected) =>
        Told(With("Coding", strength), $"'valueCoding':{Coding(code)}").Should().Be(expected);

    [Theory]
    [InlineData("extensible", "c", "Warning fhir-binding")]
    [InlineData("extensible", "d", "Error fhir-binding")]
    [InlineData("example", "c", "")]
    [InlineData("example", "d", "Error fhir-binding")]
    public void Beyond_the_widest_value_set_is_an_error_whatever_the_strength(
        string strength,
        string code,
        string expected
    )
    {
        Told(With("Coding", strength, true), $"'valueCoding':{Coding(code)}")
            .Should()
            .Be(expected.Length == 0 ? "" : expected + "@Basic.valueCoding");
        Told(With("CodeableConcept", strength, true), $"'valueCodeableConcept':{{'coding':[{Coding(code)}]}}")
            .Should()
            .Be(expected.Length == 0 ? "" : expected + "@Basic.valueCodeableConcept.coding[0]");
        Told(
                With("CodeableConcept", strength, true),
                $"'valueCodeableConcept':{{'coding':[{Coding("d")},{Coding("a")}]}}"
            )
            .Should()
            .Be("");
    }

    [Theory]
    [InlineData("{'coding':[{0},{1}]}", "")]
    [InlineData("{'coding':[{1},{0}]}", "")]
    [InlineData("{'coding':[{1}]}", "Error fhir-binding@Basic.valueCodeableConcept.coding[0]")]
    [InlineData("{'text':'x'}", "Error fhir-binding@Basic.valueCodeableConcept")]
    [InlineData("{'coding':[{'display':'x'}]}", "Error fhir-binding@Basic.valueCodeableConcept")]
    public void One_coding_of_a_concept_is_enough(string concept, string expected) =>
        Told(
                With("CodeableConcept", "required"),
                $"'valueCodeableConcept':{concept.Replace("{0}", Coding("a"), StringComparison.Ordinal).Replace("{1}", Coding("c"), StringComparison.Ordinal)}"
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("required")]
    [InlineData("extensible")]
    public void A_value_set_that_is_not_at_hand_is_information(string strength) =>
        Told(With("Coding", strength, set: "https://example.org/ValueSet/unknown"), $"'valueCoding':{Coding("a")}")
            .Should()
            .Be("Information fhir-unchecked@Basic.valueCoding");

    [Theory]
    [InlineData("required", "Error fhir-binding@Basic.valueCoding")]
    [InlineData("extensible", "Warning fhir-binding@Basic.valueCoding")]
    [InlineData("preferred", "Information fhir-binding@Basic.valueCoding")]
    public void A_code_of_another_system_is_what_an_extensible_binding_leaves_room_for_with_a_warning(
        string strength,
        string expected
    ) =>
        Told(With("Coding", strength), $"'valueCoding':{Coding("a", "https://example.org/other")}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("code", "'valueCode':'a'", "")]
    [InlineData("code", "'valueCode':'A'", "Error fhir-binding@Basic.valueCode")]
    [InlineData("string", "'valueString':'c'", "Error fhir-binding@Basic.valueString")]
    [InlineData(
        "Quantity",
        "'valueQuantity':{'value':1,'system':'https://example.org/CodeSystem/letters','code':'a'}",
        ""
    )]
    [InlineData(
        "Quantity",
        "'valueQuantity':{'value':1,'system':'https://example.org/CodeSystem/letters','code':'c'}",
        "Error fhir-binding@Basic.valueQuantity"
    )]
    public void Codes_stand_in_several_types(string type, string value, string expected) =>
        Told(With(type, "required"), value).Should().Be(expected);

    [Theory]
    [InlineData("d", "")]
    [InlineData("e", "Error fhir-code@Basic.valueCoding")]
    public void A_code_is_one_that_its_system_has_also_where_no_value_set_asks(string code, string expected)
    {
        Told(With("Coding", "example"), $"'valueCoding':{Coding(code)}").Should().Be(expected);
        Told(With("Coding", "required"), $"'valueCoding':{Coding(code)}")
            .Should()
            .Be("Error fhir-binding@Basic.valueCoding");
        Told(With("Coding", "example"), $"'valueCoding':{Coding(code, "https://example.org/unknown")}").Should().Be("");
    }

    [Fact]
    public void A_pattern_that_names_the_system_only_leaves_the_code_to_the_binding() =>
        Told(
                new Synthetic(
                    P(
                        (
                            "value[x]",
                            $"'max':'1','type':[{{'code':'Coding'}}],'patternCoding':{{'system':'{System}'}},'binding':{{'strength':'required','valueSet':'{Set}'}}"
                        )
                    ),
                    Letters,
                    ValueSet(Set, "ab")
                ),
                $"'valueCoding':{Coding("c")}"
            )
            .Should()
            .Be("Error fhir-binding@Basic.valueCoding");

    [Fact]
    public void A_wrong_display_is_a_warning_with_the_right_one()
    {
        var issue = With("Coding", "required")
            .Validate(
                $"{{'resourceType':'Basic','valueCoding':{{'system':'{System}','code':'a','display':'Letter B'}}}}"
            )
            .Issues.Single();
        issue
            .Should()
            .Match<ValidationIssue>(told =>
                told.Severity == ValidationSeverity.Warning && told.Rule == RuleIds.Display
            );
        issue.Expected.Should().Be("Letter A");
        issue.Found.Should().Be("Letter B");
    }

    [Fact]
    public void A_code_outside_is_told_with_those_that_are_inside_and_the_nearest()
    {
        var issue = With("code", "required").Validate("{'resourceType':'Basic','valueCode':'aa'}").Issues.Single();
        issue.Expected.Should().StartWith("a, b of ");
        issue.Found.Should().Be("aa");
        issue.Hint.Should().Be("Is a meant?");
    }
}
