using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>What each slice demands: how often, in which order, closed or open, and slices of slices.</summary>
public sealed class SlicingTests
{
    private static Synthetic BySystem(string rules = "open", bool ordered = false, string more = "") =>
        new(
            P([
                (
                    "item",
                    $"{Identifiers},'slicing':{{'discriminator':[{{'type':'value','path':'system'}}],'rules':'{rules}','ordered':{(ordered ? "true" : "false")}}}"
                ),
                ("item:a", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a.value", "'min':1,'max':'1','type':[{'code':'string'}]"),
                ("item:b", "'min':0,'max':'2','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:b.system", "'min':1,'max':'1','type':[{'code':'uri'}],'patternUri':'urn:b'"),
                ("item:b.value", "'max':'1','type':[{'code':'string'}]"),
                .. more.Length == 0 ? Array.Empty<(string, string)>() : [("item:@default", more)],
            ])
        );

    private static string Items(params string[] systems) =>
        $"{{'resourceType':'Basic','item':[{string.Join(',', systems.Select(system => $"{{'system':'urn:{system}','value':'1'}}"))}]}}";

    [Theory]
    [InlineData("a", "")]
    [InlineData("a b b", "")]
    [InlineData("a c", "")]
    [InlineData("c a", "")]
    [InlineData("b", "fhir-slice-min@Basic.item")]
    [InlineData("a a", "fhir-slice-max@Basic.item[1]")]
    [InlineData("a b b b", "fhir-slice-max@Basic.item[3]")]
    public void Slices_are_counted(string systems, string expected) =>
        BySystem().Verdict(Items(systems.Split(' '))).Should().Be(expected);

    [Fact]
    public void A_slice_that_must_be_there_is_missing_also_where_the_element_is() =>
        BySystem().Verdict("{'resourceType':'Basic'}").Should().Be("fhir-slice-min@Basic.item");

    [Fact]
    public void The_rules_of_a_slice_hold_in_it_alone() =>
        BySystem()
            .Verdict("{'resourceType':'Basic','item':[{'system':'urn:a'},{'system':'urn:b'},{'system':'urn:c'}]}")
            .Should()
            .Be("fhir-min@Basic.item[0].value");

    [Theory]
    [InlineData("closed", "a b", "")]
    [InlineData("closed", "a c", "fhir-slice-closed@Basic.item[1]")]
    [InlineData("openAtEnd", "a b c c", "")]
    [InlineData("openAtEnd", "a c b", "fhir-slice-order@Basic.item[2]")]
    public void What_belongs_to_no_slice_is_taken_as_the_rules_say(string rules, string systems, string expected) =>
        BySystem(rules).Verdict(Items(systems.Split(' '))).Should().Be(expected);

    [Theory]
    [InlineData("a b", "")]
    [InlineData("b a", "fhir-slice-order@Basic.item[1]")]
    public void Ordered_slices_come_in_the_order_of_the_profile(string systems, string expected) =>
        BySystem(ordered: true).Verdict(Items(systems.Split(' '))).Should().Be(expected);

    [Theory]
    [InlineData("a d", "")]
    [InlineData("a d d", "fhir-slice-max@Basic.item[2]")]
    public void The_default_slice_takes_what_no_other_does_and_is_counted_too(string systems, string expected) =>
        BySystem("closed", more: "'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]")
            .Verdict(Items(systems.Split(' ')))
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("official", "")]
    [InlineData("official old old", "")]
    [InlineData("old official", "")]
    [InlineData("old", "fhir-slice-min@Basic.item")]
    [InlineData("official official", "fhir-slice-max@Basic.item[1]")]
    [InlineData("official usual", "fhir-slice-closed@Basic.item[1]")]
    public void Slices_of_a_slice_are_counted_over_all_that_is_in_it(string uses, string expected) =>
        Resliced
            .Verdict(
                $"{{'resourceType':'Basic','item':[{string.Join(',', uses.Split(' ').Select(use => $"{{'system':'urn:a','use':'{use}'}}"))}]}}"
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("1 2", "")]
    [InlineData("1", "fhir-slice-min@Basic.item[0].coding")]
    public void A_slice_may_have_slices_inside(string codes, string expected) =>
        new Synthetic(
            P(
                (
                    "item",
                    "'max':'*','base':{'max':'*'},'type':[{'code':'CodeableConcept'}],'slicing':{'discriminator':[{'type':'value','path':'text'}],'rules':'open'}"
                ),
                ("item.coding", "'max':'*','type':[{'code':'Coding'}]"),
                ("item.text", "'max':'1','type':[{'code':'string'}]"),
                ("item:x", "'max':'1','base':{'max':'*'},'type':[{'code':'CodeableConcept'}]"),
                (
                    "item:x.coding",
                    "'max':'*','type':[{'code':'Coding'}],'slicing':{'discriminator':[{'type':'value','path':'code'}],'rules':'open'}"
                ),
                ("item:x.coding:two", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Coding'}]"),
                ("item:x.coding:two.code", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'2'"),
                ("item:x.text", "'min':1,'max':'1','type':[{'code':'string'}],'fixedString':'x'")
            )
        )
            .Verdict(
                $"{{'resourceType':'Basic','item':[{{'coding':[{string.Join(',', codes.Split(' ').Select(code => $"{{'code':'{code}'}}"))}],'text':'x'}}]}}"
            )
            .Should()
            .Be(expected);

    [Fact]
    public void Slices_that_are_known_by_their_rules_inside_each_other_are_asked_once()
    {
        // Each level offers two slices, which are known by meeting the same profile again: 2^30 walks where nothing is kept.
        var set = new Synthetic(
            TypeProfile(
                "Deep",
                "Extension",
                ("extension", "'max':'*','type':[{'code':'Extension'}],'slicing':{'rules':'open'}"),
                (
                    "extension:a",
                    $"'max':'*','base':{{'max':'*'}},'type':[{{'code':'Extension','profile':['{Base}Deep']}}]"
                ),
                (
                    "extension:b",
                    $"'max':'*','base':{{'max':'*'}},'type':[{{'code':'Extension','profile':['{Base}Deep']}}]"
                ),
                ("url", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:x'"),
                ("value[x]", "'max':'1','type':[{'code':'integer'}]")
            ),
            P(("item", $"'max':'*','type':[{{'code':'Extension','profile':['{Base}Deep']}}]"))
        );
        string Nested(int left) =>
            left == 0 ? "{'url':'urn:x','valueInteger':1}" : $"{{'url':'urn:x','extension':[{Nested(left - 1)}]}}";

        set.Verdict($"{{'resourceType':'Basic','item':[{Nested(28)}]}}").Should().Be("");
        set.Verdict(
                $"{{'resourceType':'Basic','item':[{Nested(28).Replace("valueInteger", "valueBogus", StringComparison.Ordinal)}]}}"
            )
            .Should()
            .NotBeEmpty();
    }

    private static Synthetic Resliced { get; } =
        new(
            P(
                (
                    "item",
                    $"{Identifiers},'slicing':{{'discriminator':[{{'type':'value','path':'system'}}],'rules':'open'}}"
                ),
                (
                    "item:a",
                    "'min':0,'max':'3','base':{'max':'*'},'type':[{'code':'Identifier'}],'slicing':{'discriminator':[{'type':'value','path':'use'}],'rules':'closed'}"
                ),
                ("item:a.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a.use", "'max':'1','type':[{'code':'code'}]"),
                ("item:a/official", "'min':1,'max':'1','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a/official.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a/official.use", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'official'"),
                ("item:a/old", "'min':0,'max':'2','base':{'max':'*'},'type':[{'code':'Identifier'}]"),
                ("item:a/old.system", "'min':1,'max':'1','type':[{'code':'uri'}],'fixedUri':'urn:a'"),
                ("item:a/old.use", "'min':1,'max':'1','type':[{'code':'code'}],'fixedCode':'old'")
            )
        );
}
