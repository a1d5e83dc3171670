using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>Promise 5: an authority writes and sees only its own records, accesses and subscriptions.</summary>
public sealed class IsolationTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task What_belongs_to_another_authority_is_unknown_to_the_letter()
    {
        var child = exchange.NewChild();
        var locations = Locations(await exchange.UploadAsync("authority-xhf01", child));
        var (owner, other) = (await exchange.AsAsync("authority-xhf01"), await exchange.AsAsync("authority-xbr02"));
        foreach (var version in locations)
        {
            var current = version[..version.IndexOf("/_history", StringComparison.Ordinal)];
            (await owner.GetAsync(version)).Status.Should().Be(200);
            (await owner.GetAsync(current)).Status.Should().Be(200);
            foreach (var path in new[] { version, current })
            {
                var theirs = await other.GetAsync(path);
                var nowhere = await other.GetAsync($"{path.Split('/')[0]}/01980000-0000-7000-8000-000000000000");
                theirs.Status.Should().Be(404);
                theirs.Bytes.Should().Equal(nowhere.Bytes, "not yours is unknown");
                theirs.Headers.Keys.Should().BeEquivalentTo(nowhere.Headers.Keys);
            }
        }
    }

    [Fact]
    public async Task A_search_finds_only_what_is_ones_own()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xbr02", child with { Family = "Rowntree", LocalId = "OTHER-3" });
        foreach (var (client, code) in new[] { ("authority-xhf01", "XHF01"), ("authority-xbr02", "XBR02") })
        {
            var authority = await exchange.AsAsync(client);
            foreach (
                var path in new[]
                {
                    $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}",
                    $"EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}",
                    $"Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}",
                }
            )
            {
                var found = await authority.GetAsync(path);
                found.Total.Should().Be(1, found.Text);
                found.Text.Should().Contain(code);
                found.Text.Should().NotContain(code == "XHF01" ? "XBR02" : "XHF01");
            }
        }
    }

    [Fact]
    public async Task An_access_concerns_the_authority_of_the_child_and_is_unknown_to_the_others()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var id = (await exchange.RecordOfAsync(answer)).GetProperty("id").GetString();
        var other = await exchange.AsAsync("authority-xbr02");

        (await (await exchange.AsAsync("authority-xhf01")).GetAsync($"AuditEvent/{id}")).Status.Should().Be(200);
        (await other.GetAsync($"AuditEvent/{id}")).Status.Should().Be(404);
        (
            await other.GetAsync(
                $"AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
            )
        )
            .Total.Should()
            .Be(0);
    }

    [Fact]
    public async Task A_Bundle_that_names_another_authority_is_403_and_nothing_of_it_is_stored()
    {
        var child = exchange.NewChild();
        var authority = await exchange.AsAsync("authority-xbr02");

        var answer = await authority.PostAsync("", SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]));

        answer.Status.Should().Be(403, answer.Text);
        answer.Issue.Expression.Should().StartWith("Bundle.entry[");
        foreach (var client in new[] { "authority-xhf01", "authority-xbr02" })
            (
                await (await exchange.AsAsync(client)).GetAsync(
                    $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
                )
            )
                .Total.Should()
                .Be(0);
    }

    [Fact]
    public async Task A_Bundle_that_names_an_id_is_refused_alike_whoever_has_it_and_changes_nothing()
    {
        var child = exchange.NewChild();
        var foreign = Locations(await exchange.UploadAsync("authority-xhf01", child))
            .Single(l => l.StartsWith("EpisodeOfCare/", StringComparison.Ordinal))
            .Split('/')[1];
        var unknown = Guid.NewGuid().ToString();
        var other = await exchange.AsAsync("authority-xbr02");

        var ofForeign = await PutAsync(foreign);
        var ofUnknown = await PutAsync(unknown);

        ofForeign.Status.Should().Be(400, ofForeign.Text);
        ofForeign.Text.Should().Be(ofUnknown.Text);
        (await (await exchange.AsAsync("authority-xhf01")).GetAsync($"EpisodeOfCare/{foreign}/_history/2"))
            .Status.Should()
            .Be(404);

        Task<Answer> PutAsync(string id) =>
            other.PostAsync(
                "",
                Encoding
                    .UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XBR02"), [child]).Span)
                    .Replace(
                        $"EpisodeOfCare?identifier={FhirSystems.PlanId(OdsCode.Parse("XBR02"))}|{child.Plans[0].PlanId}",
                        $"EpisodeOfCare/{id}",
                        StringComparison.Ordinal
                    )
                    .Replace(
                        "\"resourceType\":\"EpisodeOfCare\"",
                        $"\"resourceType\":\"EpisodeOfCare\",\"id\":\"{id}\"",
                        StringComparison.Ordinal
                    )
            );
    }

    [Fact]
    public async Task A_Subscription_is_unknown_to_every_other_authority()
    {
        const string subscription = """
            {"resourceType":"Subscription","status":"requested","reason":"test",
             "criteria":"https://fhir.cpis.example/SubscriptionTopic/record-accessed",
             "channel":{"type":"rest-hook","endpoint":"http://127.0.0.1:9/notify","payload":"application/fhir+json",
              "_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"id-only"}]}}}
            """;
        var created = await (await exchange.AsAsync("authority-xhf01")).PostAsync("Subscription", subscription);
        created.Status.Should().Be(201, created.Text);
        var path = $"Subscription/{created.Json.GetProperty("id").GetString()}";
        foreach (var stranger in new[] { "authority-xbr02", "authority-xmv03" })
        {
            var other = await exchange.AsAsync(stranger);
            (await other.GetAsync(path)).Status.Should().Be(404);
            (await other.GetAsync($"{path}/_history/1")).Status.Should().Be(404);
            (await other.GetAsync($"{path}/$status")).Status.Should().Be(404);
            (await other.GetAsync("Subscription")).Total.Should().Be(0);
            using var change = new StringContent(
                subscription.Replace(
                    "\"status\"",
                    $"\"id\":\"{path.Split('/')[1]}\",\"status\"",
                    StringComparison.Ordinal
                ),
                null,
                "application/fhir+json"
            );
            (await other.SendAsync(HttpMethod.Put, path, change)).Status.Should().Be(404);
        }

        (await (await exchange.AsAsync("authority-xhf01")).GetAsync(path)).Status.Should().Be(200);
    }

    [Fact]
    public async Task An_organisation_sees_its_own_Organization_and_no_other()
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var mine = await authority.GetAsync("Flag?_count=1&_include=Flag:author");
        var id = mine.Entries("Organization", "include")[0].GetProperty("id").GetString();

        (await authority.GetAsync($"Organization/{id}")).Status.Should().Be(200);
        (await (await exchange.AsAsync("authority-xbr02")).GetAsync($"Organization/{id}")).Status.Should().Be(404);
        (await authority.GetAsync("Organization")).Status.Should().Be(403, "only an operator searches them");
    }

    private static IReadOnlyList<string> Locations(Answer acknowledgement) =>
        [.. acknowledgement.AllEntries.Select(e => e.GetProperty("response").GetProperty("location").GetString()!)];
}
