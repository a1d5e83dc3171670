using System.Text;
using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Synthetic;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Validation;

namespace CpIs.Fhir.Server.Tests.Validation;

/// <summary>What is validated before something is stored.</summary>
public sealed class WriteValidationTests
{
    private static readonly ConformanceSet Set = ConformanceSet.CoreAndOurs();
    private static readonly string Flag = FhirSystems.Profile("CPIS-Flag");

    private static readonly byte[] Upload = SyntheticUpload
        .Bundles(SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 3, new DateOnly(2026, 6, 10)), 300)
        .First()
        .ToArray();

    [Theory]
    [InlineData(ValidationLevel.Off)]
    [InlineData(ValidationLevel.Core)]
    [InlineData(ValidationLevel.Full)]
    public void A_good_upload_passes_on_every_level(ValidationLevel level) =>
        Check(level, Encoding.UTF8.GetString(Upload)).Should().BeNull();

    [Theory]
    [InlineData(ValidationLevel.Off, "", "")]
    [InlineData(ValidationLevel.Core, "fhir-binding", "")]
    [InlineData(ValidationLevel.Full, "fhir-binding", "cpis-subscription-topic")]
    public void Core_looks_at_the_R4_type_and_Full_at_the_profile(ValidationLevel level, string ofR4, string ofOurs)
    {
        const string resource =
            "{\"resourceType\":\"Subscription\",\"status\":\"requested\",\"reason\":\"x\",\"criteria\":\"x\",\"channel\":{\"type\":\"rest-hook\"}";

        ShouldTell(
            Check(level, resource.Replace("requested", "wren", StringComparison.Ordinal) + "}", "CPIS-Subscription"),
            ofR4
        );
        ShouldTell(Check(level, resource + ",\"error\":\"x\"}", "CPIS-Subscription"), ofOurs);
    }

    [Fact]
    public void An_error_behind_more_problems_than_are_listed_is_refused_all_the_same()
    {
        var text = Encoding.UTF8.GetString(Upload);
        var byId = text.Replace("Patient?identifier=", "Patient/", StringComparison.Ordinal);
        var entry = Regex.Match(byId, "\\{\"fullUrl\".*?\\}\\}(?=,\\{\"fullUrl\")").Value;
        entry.Should().NotBeEmpty();
        var many = string.Join(',', Enumerable.Repeat(entry, 2_500));
        var bad = entry.Replace("\"family\"", "\"family_\"", StringComparison.Ordinal);
        bad.Should().NotBe(entry);

        ShouldTell(
            Check(
                ValidationLevel.Full,
                $"{{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{many},{bad}]}}"
            ),
            "cpis-upload-entries"
        );
    }

    [Theory]
    [InlineData("\"Patient?identifier=[^\"]*\"", "\"Patient/1\"")]
    [InlineData(
        "\"method\":\"PUT\",\"url\":\"Patient?identifier=([^\"]*)\"",
        "\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=$1\""
    )]
    public void How_an_entry_names_what_it_writes_is_left_to_the_rules_of_an_upload(string conditional, string other)
    {
        var text = Encoding.UTF8.GetString(Upload);
        var changed = Regex.Replace(text, conditional.Replace("?", "\\?", StringComparison.Ordinal), other);
        changed.Should().NotBe(text);

        Check(ValidationLevel.Full, changed).Should().BeNull();
        Check(ValidationLevel.Full, changed.Replace("\"family\"", "\"family_\"", StringComparison.Ordinal))
            .Should()
            .NotBeNull();
    }

    [Fact]
    public void A_refusal_names_place_and_rule_and_not_what_was_found()
    {
        var refusal = Check(
            ValidationLevel.Full,
            Encoding
                .UTF8.GetString(Upload)
                .Replace("\"type\":\"transaction\"", "\"type\":\"Unmistakable\"", StringComparison.Ordinal)
        );

        refusal!.Kind.Should().Be(RefusalKind.Rule);
        refusal.Issues.Should().OnlyContain(issue => issue.Rule != null && issue.Spine == SpineCodes.ValidationError);
        refusal.Issues.Should().Contain(issue => issue.Expression == "Bundle.type");
    }

    [Theory]
    [InlineData(ValidationLevel.Off)]
    [InlineData(ValidationLevel.Full)]
    public void A_claim_outside_the_list_is_refused_on_every_level_wherever_it_stands(ValidationLevel level)
    {
        var body =
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Flag\",\"meta\":{\"profile\":[\"FLAG|0.2.0\",\"https://example.org/other\"]}}}]}".Replace(
                "FLAG",
                Flag,
                StringComparison.Ordinal
            );

        var refusal = Check(level, body, allowed: [Flag]);

        refusal!.Kind.Should().Be(RefusalKind.Rule);
        var issue = refusal.Issues.Should().ContainSingle().Subject;
        issue.Rule.Should().Be("cpis-profile-not-allowed");
        issue.Expression.Should().Be("Bundle.entry[0].resource.meta.profile[1]");
    }

    /// <summary>A refusal with the rule; where none is expected, no refusal at all.</summary>
    private static void ShouldTell(Refusal? refusal, string rule)
    {
        if (rule.Length == 0)
            refusal.Should().BeNull();
        else
            refusal!.Issues.Should().Contain(issue => issue.Rule == rule);
    }

    private static Refusal? Check(
        ValidationLevel level,
        string body,
        string profile = "CPIS-Upload",
        params string[] allowed
    ) =>
        new WriteValidation(Set, new ValidationOptions { Level = level, AllowedProfiles = allowed }).Check(
            Encoding.UTF8.GetBytes(body),
            profile
        );
}

/// <summary>The same over HTTP, with a list of profiles.</summary>
public sealed class AllowedProfilesTests(ChoosyExchange exchange) : IClassFixture<ChoosyExchange>
{
    [Fact]
    public async Task An_upload_that_claims_a_profile_outside_the_list_is_422_and_nothing_is_stored()
    {
        var child = exchange.NewChild();
        var authority = await exchange.AsAsync("authority-xhf01");
        var bundle = Encoding.UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]).Span);

        var refused = await authority.PostAsync(
            "",
            bundle.Replace(
                "\"resourceType\":\"Patient\"",
                "\"resourceType\":\"Patient\",\"meta\":{\"profile\":[\"https://example.org/other\"]}",
                StringComparison.Ordinal
            )
        );

        refused.Status.Should().Be(422, refused.Text);
        refused
            .Text.Should()
            .Contain("cpis-profile-not-allowed")
            .And.Contain("Bundle.entry[0].resource.meta.profile[0]");
        (await authority.GetAsync("Patient?_count=0")).Total.Should().Be(0);
        (await authority.PostAsync("", bundle)).Status.Should().Be(200);
    }
}

/// <summary>A server that takes the profiles of an upload alone.</summary>
public sealed class ChoosyExchange : RunningExchange
{
    protected override object Settings =>
        new
        {
            Demo = new { Seed = false },
            Validation = new
            {
                Level = "Full",
                AllowedProfiles = new[] { "Patient", "EpisodeOfCare", "Flag", "Upload" }.Select(name =>
                    FhirSystems.Profile("CPIS-" + name)
                ),
            },
        };
}
