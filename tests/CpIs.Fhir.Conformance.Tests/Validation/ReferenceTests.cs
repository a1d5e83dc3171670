using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>References and contained resources.</summary>
public sealed class ReferenceTests
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    private static Synthetic To(string rules, params string[] more) =>
        new([
            P(
                ("contained", "'max':'*','type':[{'code':'Resource'}]"),
                ("item", $"'max':'*','type':[{{'code':'Reference',{rules}}}]")
            ),
            .. more,
        ]);

    private static string Child { get; } =
        Profile(
            "Child",
            "Patient",
            ("id", "'max':'1','type':[{'code':'id'}]"),
            ("meta", "'max':'1','type':[{'code':'Meta'}]"),
            ("birthDate", "'min':1,'max':'1','type':[{'code':'date'}]"),
            ("link", "'max':'*','type':[{'code':'BackboneElement'}]"),
            ("link.other", $"'min':1,'max':'1','type':[{{'code':'Reference','targetProfile':['{Base}Child']}}]"),
            ("link.type", "'min':1,'max':'1','type':[{'code':'code'}]")
        );

    [Theory]
    [InlineData("'reference':'Patient/1'", "")]
    [InlineData("'reference':'Organization/1'", "")]
    [InlineData("'reference':'https://example.org/fhir/Patient/1/_history/2'", "")]
    [InlineData("'reference':'Flag/1'", "fhir-reference-type@Basic.item[0]")]
    [InlineData("'reference':'https://example.org/Flag/1'", "fhir-reference-type@Basic.item[0]")]
    [InlineData("'reference':'https://example.org/whatever'", "")]
    [InlineData("'reference':'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'", "")]
    [InlineData("'type':'Patient','identifier':{'value':'1'}", "")]
    [InlineData("'type':'Flag','identifier':{'value':'1'}", "fhir-reference-type@Basic.item[0]")]
    [InlineData(
        "'type':'http://hl7.org/fhir/StructureDefinition/Flag','display':'x'",
        "fhir-reference-type@Basic.item[0]"
    )]
    [InlineData("'display':'x'", "")]
    [InlineData("'reference':'Patient?identifier=1'", "")]
    public void A_target_has_one_of_the_types(string reference, string expected) =>
        To($"'targetProfile':['{Core}Patient','{Core}Organization']")
            .Verdict($"{{'resourceType':'Basic','item':[{{{reference}}}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("specific", "Patient/1/_history/1", "")]
    [InlineData("specific", "Patient/1", "fhir-reference-form@Basic.item[0]")]
    [InlineData("independent", "Patient/1/_history/1", "fhir-reference-form@Basic.item[0]")]
    [InlineData("either", "Patient/1/_history/1", "")]
    public void A_reference_has_a_version_or_none(string versioning, string reference, string expected) =>
        To($"'versioning':'{versioning}'")
            .Verdict($"{{'resourceType':'Basic','item':[{{'reference':'{reference}'}}]}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("contained", "#p", "")]
    [InlineData("referenced", "#p", "fhir-reference-form@Basic.item[0]")]
    [InlineData("contained", "Patient/1", "fhir-reference-form@Basic.item[0]")]
    [InlineData("referenced", "Patient/1", "")]
    public void A_target_is_where_aggregation_lets_it_be(string aggregation, string reference, string expected) =>
        To($"'aggregation':['{aggregation}']")
            .Verdict(
                $"{{'resourceType':'Basic','contained':[{{'resourceType':'Patient','id':'p','active':true}}],'item':[{{'reference':'{reference}'}}]}}"
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'birthDate':'2020-01-01'", "")]
    [InlineData("'link':[]", "fhir-reference-profile@Basic.item[0]")]
    public void A_contained_target_meets_one_of_the_profiles(string content, string expected) =>
        To($"'targetProfile':['{Base}Child','{Core}Organization']", Child)
            .Verdict(
                $"{{'resourceType':'Basic','contained':[{{'resourceType':'Patient','id':'p',{content}}}],'item':[{{'reference':'#p'}}]}}"
            )
            .Replace("fhir-list@Basic.contained[0].link; ", "", StringComparison.Ordinal)
            .Should()
            .Be(expected);

    private static string Bundle(string type, params string[] entries) =>
        $"{{'resourceType':'Bundle','type':'{type}','entry':[{string.Join(',', entries)}]}}";

    private static string Entry(string? fullUrl, string resource) =>
        $"{{{(fullUrl is null ? "" : $"'fullUrl':'{fullUrl}',")}'resource':{resource}}}";

    private static string Claim(string content) =>
        $"{{'resourceType':'Patient','meta':{{'profile':['{Base}Child']}},{content}}}";

    private static string Linked(string reference) =>
        Claim($"'birthDate':'2020-01-01','link':[{{'type':'seealso','other':{{'reference':'{reference}'}}}}]");

    private const string Without = "{'resourceType':'Patient','id':'2','active':true}";
    private const string With = "{'resourceType':'Patient','id':'2','birthDate':'2020-01-01'}";
    private const string Wrong = "fhir-reference-profile@Bundle.entry[0].resource.link[0].other";

    [Theory]
    [InlineData("https://example.org/fhir/Patient/1", "Patient/2", "https://example.org/fhir/Patient/2", true)]
    [InlineData("https://example.org/fhir/Patient/1", "Patient/2", "https://example.com/fhir/Patient/2", false)]
    [InlineData(
        "https://example.org/fhir/Patient/1",
        "https://example.org/fhir/Patient/2",
        "https://example.org/fhir/Patient/2",
        true
    )]
    [InlineData(
        "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        "urn:uuid:c757873d-ec9a-4326-a141-556f43239521",
        "urn:uuid:c757873d-ec9a-4326-a141-556f43239521",
        true
    )]
    [InlineData(
        "https://example.org/fhir/Patient/1",
        "Patient/2/_history/7",
        "https://example.org/fhir/Patient/2",
        true
    )]
    public void A_target_in_the_Bundle_meets_the_profile(string own, string reference, string fullUrl, bool isFound)
    {
        var set = new Synthetic(Child);
        set.Verdict(Bundle("collection", Entry(own, Linked(reference)), Entry(fullUrl, With)), "").Should().Be("");
        set.Verdict(Bundle("collection", Entry(own, Linked(reference)), Entry(fullUrl, Without)), "")
            .Should()
            .Be(isFound ? Wrong : "");
    }

    [Fact]
    public void A_reference_to_a_version_leads_to_that_version()
    {
        string Version(string id, string content) =>
            Entry(
                "https://example.org/fhir/Patient/2",
                $"{{'resourceType':'Patient','id':'2','meta':{{'versionId':'{id}'}},{content}}}"
            );
        string Verdict(string version) =>
            new Synthetic(Child).Verdict(
                Bundle(
                    "collection",
                    Entry("https://example.org/fhir/Patient/1", Linked($"Patient/2/_history/{version}")),
                    Version("1", "'active':true"),
                    Version("2", "'birthDate':'2020-01-01'")
                ),
                ""
            );

        Verdict("1").Should().Be(Wrong);
        Verdict("2").Should().Be("");
        Verdict("3").Should().Be("");
    }

    [Fact]
    public void Resources_that_refer_to_each_other_are_no_endless_question() =>
        new Synthetic(Child)
            .Verdict(
                Bundle(
                    "collection",
                    Entry(
                        "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                        Linked("urn:uuid:c757873d-ec9a-4326-a141-556f43239521")
                    ),
                    Entry(
                        "urn:uuid:c757873d-ec9a-4326-a141-556f43239521",
                        Linked("urn:uuid:c757873d-ec9a-4326-a141-556f43239520")
                    )
                ),
                ""
            )
            .Should()
            .Be("");

    [Fact]
    public void A_long_chain_of_references_is_followed_without_a_crash()
    {
        const int Length = 20_000;
        string Url(int at) => $"urn:uuid:c757873d-ec9a-4326-a141-{at:x12}";
        // Only the first claims the profile, so that each next one is asked by the one before it.
        var entries = Enumerable
            .Range(0, Length)
            .Select(at =>
                Entry(
                    Url(at),
                    Linked(Url(at + 1))
                        .Replace(at == 0 ? "\u0001" : Base + "Child", Core + "Patient", StringComparison.Ordinal)
                )
            );

        new Synthetic(Child).Verdict(Bundle("collection", [.. entries]), "").Should().Be("");
    }

    [Theory]
    [InlineData(
        "'contained':[{'resourceType':'Patient','id':'p','active':true}],'managingOrganization':{'reference':'#o'}",
        "dom-3@Patient; ref-1@Patient.managingOrganization"
    )]
    [InlineData(
        "'contained':[{'resourceType':'Organization','id':'o','name':'x'}],'managingOrganization':{'reference':'#o'}",
        ""
    )]
    [InlineData("'contained':[{'resourceType':'Organization','id':'o','name':'x'}]", "dom-3@Patient")]
    [InlineData("'contained':[{'resourceType':'Organization','id':'o','name':'#o'}]", "dom-3@Patient")]
    [InlineData(
        "'contained':[{'resourceType':'Patient','id':'p','link':[{'type':'refer','other':{'reference':'#'}}]}]",
        ""
    )]
    [InlineData(
        "'contained':[{'resourceType':'Organization','id':'o','meta':{'versionId':'1'}}],'managingOrganization':{'reference':'#o'}",
        "dom-4@Patient"
    )]
    [InlineData(
        "'contained':[{'resourceType':'Organization','id':'o','name':'x','meta':{'security':[{'code':'R'}]}}],'managingOrganization':{'reference':'#o'}",
        "dom-5@Patient"
    )]
    [InlineData(
        "'contained':[{'resourceType':'Organization','id':'o','contained':[{'resourceType':'Organization','id':'p','name':'x'}],'partOf':{'reference':'#p'}}],'managingOrganization':{'reference':'#o'}",
        "dom-2@Patient"
    )]
    public void Contained_resources_are_few_and_used(string content, string expected) =>
        string.Join(
                "; ",
                new Synthetic()
                    .Verdict($"{{'resourceType':'Patient',{content}}}", "")
                    .Split("; ")
                    .Where(issue =>
                        !expected.StartsWith("dom-", StringComparison.Ordinal)
                        || issue.EndsWith("@Patient", StringComparison.Ordinal)
                        || expected.Contains(issue, StringComparison.Ordinal)
                    )
                    .Order(StringComparer.Ordinal)
            )
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("'meta':{'versionId':'1'},'active':true", "")]
    [InlineData("'active':true", "fhir-min@Patient.meta")]
    [InlineData("'meta':{'versionId':'1'},'bogus':1", "fhir-unknown-element@Patient.bogus")]
    [InlineData("'meta':{'versionId':'1'},'gender':'x'", "fhir-binding@Patient.gender")]
    public void A_profile_of_any_resource_stands_beside_the_type_of_each(string content, string expected) =>
        new Synthetic(Profile("P", "DomainResource", ("meta", "'min':1,'max':'1','type':[{'code':'Meta'}]")))
            .Verdict($"{{'resourceType':'Patient',{content}}}")
            .Should()
            .Be(expected);

    [Theory]
    [InlineData("Resource")]
    [InlineData("DomainResource")]
    [InlineData("Element")]
    [InlineData("HumanName")]
    [InlineData("string")]
    [InlineData("Bogus")]
    [InlineData("")]
    public void A_resource_has_a_type_that_resources_have(string type) =>
        new Synthetic().Verdict($"{{'resourceType':'{type}','id':'x'}}", "").Should().StartWith("fhir-resource-type@");
}
