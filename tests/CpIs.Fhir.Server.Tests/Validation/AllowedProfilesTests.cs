using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Validation;

/// <summary>A list of profiles that may be claimed, over HTTP.</summary>
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
                AllowedProfiles = new[] { "Patient", "EpisodeOfCare", "Flag", "Upload" }.Select(name =>
                    FhirSystems.Profile("CPIS-" + name)
                ),
            },
        };
}
