using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>How occurrences find their slice: each kind of discriminator, and each step that its path may have.</summary>
public sealed class DiscriminatorTests
{
    [Theory]
    [InlineData("[{'system':'urn:a','use':'official'}]", "")]
    [InlineData("[{'system':'urn:a','use':'old'}]", "fhir-slice-closed@Basic.item[0]")]
    [InlineData("[{'use':'official'}]", "fhir-slice-closed@Basic.item[0]")]
    public void Several_discriminators_must_all_hold(string items, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    $"{Identifiers},'slicing':{{'discriminator':[{{'type':'value','path':'system'}},{{'type':'value','path':'use'}}],'rules':'closed'}}"
                ),
                ("item:a", "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a.use", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'official'")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':{items}}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("{'value':'1'}", "")]
    [InlineData("{'system':'urn:x'}", "fhir-min@Basic.item[0].use")]
    public void A_slice_is_known_by_what_exists(string item, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    $"{Identifiers},'slicing':{{'discriminator':[{{'type':'exists','path':'system'}}],'rules':'closed'}}"
                ),
                ("item:with", "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:with.use", "'min':1,'max':'1','type':[{'code':'code'}]"),
                ("item:with.system", "'min':1,'max':'1','type':[{'code':'uri'}]"),
                ("item:without", "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:without.system", "'min':0,'max':'0','type':[{'code':'uri'}]"),
                ("item:without.value", "'min':1,'max':'1','type':[{'code':'string'}]")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{item}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("{'coding':[{'system':'urn:s','code':'1','display':'x'},{'code':'other'}]}", "")]
    [InlineData("{'coding':[{'system':'urn:s','code':'2'}]}", "fhir-slice-closed@Basic.item[0]")]
    public void A_slice_is_known_by_a_pattern_of_the_whole(string item, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'slicing':{'discriminator':[{'type':'pattern','path':'$this'}],'rules':'closed'}"
                ),
                (
                    "item:one",
                    "'max':'1','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'patternCodeableConcept':{'coding':[{'system':'urn:s','code':'1'}]}"
                )
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{item}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("1", "")]
    [InlineData("2", "fhir-slice-closed@Basic.item[0]")]
    public void A_discriminator_may_look_into_a_pattern_that_stands_above_it(string code, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'slicing':{'discriminator':[{'type':'value','path':'coding.code'}],'rules':'closed'}"
                ),
                (
                    "item:one",
                    "'max':'1','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'patternCodeableConcept':{'coding':[{'system':'urn:s','code':'1'}]}"
                )
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{{'coding':[{{'system':'urn:s','code':'{code}'}}]}}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("1", "")]
    [InlineData("2", "fhir-slice-closed@Basic.item[0]")]
    public void A_discriminator_may_look_into_a_slice_of_the_slice(string code, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'slicing':{'discriminator':[{'type':'value','path':'coding.code'}],'rules':'closed'}"
                ),
                ("item:one", "'max':'1','base':{'max':'*'},'type':[{'code':'CodeableConcept'}]"),
                (
                    "item:one.coding",
                    "'min':1,'max':'*','type':[{'code':'Coding'}],'slicing':{'discriminator':[{'type':'value','path':'code'}],'rules':'open'}"
                ),
                ("item:one.coding.code", "'max':'1','type':[{'code':'code'}]"),
                ("item:one.coding:right", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Coding'}]"),
                ("item:one.coding:right.code", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'1'")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{{'coding':[{{'code':'{code}'}}]}}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("{'extension':[{'url':'https://example.org/kind','valueCode':'x'}],'value':'1'}", "")]
    [InlineData("{'extension':[{'url':'https://example.org/kind','valueCode':'x'}]}", "fhir-min@Basic.item[0].value")]
    [InlineData(
        "{'extension':[{'url':'https://example.org/kind','valueCode':'y'}]}",
        "fhir-slice-closed@Basic.item[0]"
    )]
    public void A_discriminator_may_go_through_an_extension(string item, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    $"{Identifiers},'slicing':{{'discriminator':[{{'type':'value','path':'extension(\\'https://example.org/kind\\').value'}}],'rules':'closed'}}".Replace(
                        "\\'",
                        "\\u0027",
                        StringComparison.Ordinal
                    )
                ),
                ("item:x", "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                (
                    "item:x.extension",
                    "'max':'*','type':[{'code':'Extension'}],'slicing':{'discriminator':[{'type':'value','path':'url'}],'rules':'open'}"
                ),
                ("item:x.extension:kind", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Extension'}]"),
                (
                    "item:x.extension:kind.url",
                    "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'https://example.org/kind'"
                ),
                ("item:x.extension:kind.value[x]", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'x'"),
                ("item:x.value", "'min':1,'max':'1','type':[{'code':'string'}]")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{item}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("Patient/1", "")]
    [InlineData("Group/1", "")]
    [InlineData("Organization/1", "fhir-min@Basic.item[0].display")]
    [InlineData("Flag/1", "fhir-slice-closed@Basic.item[0]")]
    public void A_reference_is_told_apart_by_the_types_of_its_targets(string reference, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'Reference'}],'slicing':{'discriminator':[{'type':'type','path':'resolve()'}],'rules':'closed'}"
                ),
                (
                    "item:people",
                    "'max':'1','base':{'max':'*'},'type':[{'code':'Reference','targetProfile':['http://hl7.org/fhir/StructureDefinition/Patient','http://hl7.org/fhir/StructureDefinition/Group']}]"
                ),
                (
                    "item:place",
                    "'max':'1','base':{'max':'*'},'type':[{'code':'Reference','targetProfile':['http://hl7.org/fhir/StructureDefinition/Organization']}]"
                ),
                ("item:place.reference", "'max':'1','type':[{'code':'string'}]"),
                ("item:place.display", "'min':1,'max':'1','type':[{'code':'string'}]")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{{'reference':'{reference}'}}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'birthDate':'2020-01-01'", "")]
    [InlineData("'gender':'male'", "fhir-slice-closed@Bundle.entry[0]")]
    public void An_entry_is_told_apart_by_the_profile_of_its_resource(string content, string expected) =>
        new Synthetic(
            Profile(
                "P",
                "Bundle",
                ("type", "'max':'1','type':[{'code':'code'}]"),
                (
                    "entry",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'BackboneElement'}],'slicing':{'discriminator':[{'type':'profile','path':'resource'}],'rules':'closed'}"
                ),
                ("entry.resource", "'max':'1','type':[{'code':'Resource'}]"),
                ("entry:child", "'max':'1','base':{'max':'*'},'type':[{'code':'BackboneElement'}]"),
                ("entry:child.resource", $"'min':1,'max':'1','type':[{{'code':'Patient','profile':['{Base}Child']}}]")
            ),
            Profile("Child", "Patient", ("birthDate", "'min':1,'max':'1','type':[{'code':'date'}]"))
        )
            .Verdict(
                $"{{'resourceType':'Bundle','type':'batch-response','entry':[{{'resource':{{'resourceType':'Patient',{content}}}}}]}}"
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'birthDate':'2020-01-01'", "")]
    [InlineData("'gender':'male'", "fhir-slice-closed@Basic.item[0]")]
    public void A_reference_is_told_apart_by_the_profile_of_its_target(string content, string expected) =>
        new Synthetic(
            P(
                ("contained", "'max':'*','type':[{'code':'Resource'}]"),
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'Reference'}],'slicing':{'discriminator':[{'type':'profile','path':'resolve()'}],'rules':'closed'}"
                ),
                (
                    "item:other",
                    $"'max':'1','base':{{'max':'*'}},'type':[{{'code':'Reference','targetProfile':['{Base}Other','{Base}Child']}}]"
                )
            ),
            Profile(
                "Other",
                "Patient",
                ("id", "'max':'1','type':[{'code':'id'}]"),
                ("active", "'min':1,'max':'1','type':[{'code':'boolean'}]")
            ),
            Profile(
                "Child",
                "Patient",
                ("id", "'max':'1','type':[{'code':'id'}]"),
                ("birthDate", "'min':1,'max':'1','type':[{'code':'date'}]")
            )
        )
            .Verdict(
                $"{{'resourceType':'Basic','contained':[{{'resourceType':'Patient','id':'p',{content}}}],'item':[{{'reference':'#p'}}]}}"
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("{'system':'urn:a','value':'x'}", "")]
    [InlineData("{'system':'urn:b','value':'x'}", "fhir-slice-closed@Basic.item[0]")]
    [InlineData("{'system':'urn:a'}", "fhir-slice-closed@Basic.item[0]")]
    public void Without_discriminator_a_slice_is_known_by_all_its_rules(string item, string expected) =>
        new Synthetic(
            P(
                ("item", $"{Identifiers},'slicing':{{'rules':'closed'}}"),
                ("item:a", "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a.value", "'min':1,'max':'1','type':[{'code':'string'}]")
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{item}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'valueQuantity':{'value':1}", "")]
    [InlineData("'valueQuantity':{'unit':'g'}", "fhir-min@Basic.valueQuantity.value")]
    [InlineData("'valueTime':'10:00:00'", "")]
    [InlineData("'valueTime':'11:00:00'", "fhir-fixed@Basic.valueTime")]
    [InlineData("'valueDateTime':'2026-01-01'", "")]
    [InlineData("'valueString':'x'", "fhir-slice-closed@Basic.valueString")]
    [InlineData("'valueBoolean':true", "fhir-type@Basic.valueBoolean")]
    public void A_choice_is_sliced_by_its_type(string value, string expected) =>
        Choice.Verdict($"{{'resourceType':'Basic',{value}}}").Should().Be(expected);

    [Theory]
    [InlineData("{'valueQuantity':{'unit':'kg'}}", "")]
    [InlineData("{'valueQuantity':{'unit':'g'}}", "fhir-slice-closed@Basic.item[0]")]
    [InlineData("{'valueString':'kg'}", "fhir-slice-closed@Basic.item[0]")]
    public void A_discriminator_may_keep_one_type_of_a_choice(string item, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'BackboneElement'}],'slicing':{'discriminator':[{'type':'value','path':'value.ofType(Quantity).unit'}],'rules':'closed'}"
                ),
                ("item.value[x]", "'max':'1','type':[{'code':'Quantity'},{'code':'string'}]"),
                ("item:kilo", "'max':'1','base':{'max':'*'},'type':[{'code':'BackboneElement'}]"),
                (
                    "item:kilo.value[x]",
                    "'max':'1','type':[{'code':'string'},{'code':'Quantity'}],'slicing':{'discriminator':[{'type':'type','path':'$this'}],'rules':'open'}"
                ),
                ("item:kilo.value[x]:valueQuantity", "'max':'1','type':[{'code':'Quantity'}]"),
                (
                    "item:kilo.value[x]:valueQuantity.unit",
                    "'min':1,'max':'1','type':[{'code':'string'}],'fixedString':'kg'"
                )
            )
        )
            .Verdict($"{{'resourceType':'Basic','item':[{item}]}}")
            .Should()
            .Be(expected);

    [Fact]
    public void What_cannot_be_told_apart_is_told_as_not_checked_and_held_to_the_element_alone()
    {
        var synthetic = new Synthetic(
            P([
                (
                    "item",
                    "'min':0,'max':'*','base':{'max':'*'},'type':[{'code':'Identifier'}],'slicing':{'discriminator':[{'type':'value','path':'where(use = 1).system'}],'rules':'closed'}"
                ),
                ("item:a", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
            ])
        );

        synthetic
            .Everything("{'resourceType':'Basic','item':[{'system':'urn:x'},{'system':'urn:y'}]}")
            .Should()
            .Be("fhir-unchecked@Basic.item[0]");
        synthetic
            .Verdict("{'resourceType':'Basic','item':[{'system':'not a uri'}]}")
            .Should()
            .Be("fhir-format@Basic.item[0].system");
    }

    private static Synthetic Choice { get; } =
        new(
            P(
                (
                    "value[x]",
                    "'min':1,'max':'1','type':[{'code':'Quantity'},{'code':'time'},{'code':'dateTime'},{'code':'string'}],'slicing':{'discriminator':[{'type':'type','path':'$this'}],'rules':'closed'}"
                ),
                ("value[x]:valueQuantity", "'max':'1','type':[{'code':'Quantity'}]"),
                ("value[x]:valueQuantity.value", "'min':1,'max':'1','type':[{'code':'decimal'}]"),
                ("value[x]:valueQuantity.unit", "'max':'1','type':[{'code':'string'}]"),
                ("value[x]:valueTime", "'max':'1','type':[{'code':'time'}],'fixedTime':'10:00:00'"),
                ("value[x]:valueDateTime", "'max':'1','type':[{'code':'dateTime'}]")
            )
        );
}
