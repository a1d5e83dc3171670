using System.Text;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Writes;

/// <summary>What is judged before something is stored.</summary>
public sealed class WriteCheckTests
{
    private static readonly ConformanceSet Set = ConformanceSet.CoreAndOurs();

    private static readonly string Upload = Encoding.UTF8.GetString(
        SyntheticUpload
            .Bundles(SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 3, new DateOnly(2026, 6, 10)), 300)
            .First()
            .Span
    );

    [Fact]
    public void A_good_upload_passes() => Judge(Upload).Should().BeEmpty();

    [Theory]
    [InlineData("", true)]
    [InlineData("|0.1.0", true)]
    [InlineData("|0.2.0", true)]
    [InlineData("|0.2", true)]
    [InlineData("|0.3.0", true)]
    [InlineData("|0.0.9", false)]
    [InlineData("|1.0.0", false)]
    public void A_claim_to_a_version_that_was_published_is_taken_and_no_other(string version, bool isTaken)
    {
        var claim = $"\"meta\":{{\"profile\":[\"{FhirSystems.Profile("CPIS-EpisodeOfCare")}{version}\"]}},";
        string[] rules =
        [
            .. Judge(
                    ReplaceFirst(
                        Upload,
                        "\"resourceType\":\"EpisodeOfCare\",",
                        $"\"resourceType\":\"EpisodeOfCare\",{claim}"
                    )
                )
                .Select(found => found.Issue.Rule!),
        ];

        rules.Should().Equal(isTaken ? [] : [RuleIds.ProfileUnknown]);
    }

    [Fact]
    public void An_error_behind_more_problems_than_are_listed_is_refused_all_the_same()
    {
        // A claim that cannot be checked is told as information, and comes before the error.
        var claims = string.Join(',', Enumerable.Range(0, 2_100).Select(at => $"\"https://example.org/{at}\""));
        var flag = Upload.Replace(
            "\"resourceType\":\"EpisodeOfCare\"",
            $"\"resourceType\":\"EpisodeOfCare\",\"meta\":{{\"profile\":[{claims}]}}",
            StringComparison.Ordinal
        );
        var at = flag.LastIndexOf("\"status\":\"active\"", StringComparison.Ordinal);

        Judge(flag).Should().BeEmpty();
        Judge(flag[..at] + "\"status\":\"planned\"" + flag[(at + "\"status\":\"active\"".Length)..])
            .Should()
            .ContainSingle()
            .Which.Issue.Rule.Should()
            .Be("cpis-upload-entries");
    }

    [Fact]
    public void What_breaks_FHIR_itself_is_400_and_what_breaks_a_profile_422()
    {
        Judge(Upload.Replace("\"family\"", "\"family_\"", StringComparison.Ordinal))
            .Should()
            .Contain(found => found.Kind == RefusalKind.Malformed && found.Issue.Rule == RuleIds.UnknownElement);
        Judge(Upload.Replace("\"type\":\"transaction\"", "\"type\":\"batch\"", StringComparison.Ordinal))
            .Should()
            .ContainSingle()
            .Which.Should()
            .Match<Finding>(found => found.Kind == RefusalKind.Rule && found.Issue.Expression == "Bundle.type");
    }

    [Fact]
    public void A_code_that_two_value_sets_refuse_is_told_once_with_the_profiles_codes() =>
        Judge(ReplaceFirst(Upload, "\"status\":\"active\"", "\"status\":\"bogus\""))
            .Should()
            .ContainSingle()
            .Which.Issue.Diagnostics.Should()
            .Contain("finished")
            .And.Contain("Sent: bogus.")
            .And.NotContain("onhold");

    [Theory]
    [InlineData(",{}", "ele-1", "The element is empty. Give it a value, or leave it out.")]
    [InlineData(",{\"fullUrl\":\"urn:uuid:0d2f5b1e-5c0e-4b55-9d1c-6a52c8e7a001\"}", "bdl-5", "Add what is missing.")]
    [InlineData(",{\"fullUrl\":\"urn:uuid:0d2f5b1e-5c0e-4b55-9d1c-6a52c8e7a001\"}", "bdl-3", "Add request with method")]
    public void A_rule_of_FHIR_is_told_in_plain_words(string entry, string rule, string words) =>
        Judge(Upload[..Upload.LastIndexOf(']')] + entry + Upload[Upload.LastIndexOf(']')..])
            .Should()
            .Contain(found => found.Issue.Rule == rule)
            .Which.Issue.Diagnostics.Should()
            .Contain(words);

    [Fact]
    public void What_is_no_JSON_is_told_without_a_verdict()
    {
        var refused = new WriteCheck(Set, []).Read("{"u8.ToArray(), JsonLimits.Default);

        refused.Refusal!.Kind.Should().Be(RefusalKind.Malformed);
        refused.Refusal.Issues.Should().ContainSingle().Which.Rule.Should().Be("cpis-json-syntax");
    }

    [Fact]
    public void A_body_over_the_limit_is_413() =>
        new WriteCheck(Set, [])
            .Read(Encoding.UTF8.GetBytes(Upload), new JsonLimits { MaximumBytes = 100 })
            .Refusal!.Kind.Should()
            .Be(RefusalKind.TooLarge);

    [Fact]
    public void A_claim_outside_the_list_is_refused_wherever_it_stands()
    {
        const string plan = "\"resourceType\":\"EpisodeOfCare\"";
        var claimed = Upload.Replace(
            plan,
            $"{plan},\"meta\":{{\"profile\":[\"{FhirSystems.Profile("CPIS-EpisodeOfCare")}\",\"https://example.org/other\"]}}",
            StringComparison.Ordinal
        );

        var found = Judge(
            claimed,
            [
                .. new[] { "Upload", "Patient", "EpisodeOfCare", "Flag" }.Select(name =>
                    FhirSystems.Profile($"CPIS-{name}")
                ),
            ]
        );

        found.Should().NotBeEmpty().And.OnlyContain(each => each.Issue.Rule == "cpis-profile-not-allowed");
        found.Should().OnlyContain(each => each.Issue.Expression!.EndsWith(".resource.meta.profile[1]"));
    }

    private static IReadOnlyList<Finding> Judge(string body, params string[] allowed) =>
        new WriteCheck(Set, allowed).Read(Encoding.UTF8.GetBytes(body), JsonLimits.Default).Value.Judge();

    private static string ReplaceFirst(string text, string old, string by)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + by + text[(at + old.Length)..];
    }
}
