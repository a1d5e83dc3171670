using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Validation;

/// <summary><c>$validate</c> over HTTP.</summary>
public sealed class ValidateTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Flag = """
        {"resourceType":"Flag","status":"active","code":{"text":"x"},"subject":{"display":"x"}}
        """;

    private static readonly string CpisFlag = FhirSystems.Profile("CPIS-Flag");

    [Fact]
    public async Task A_good_resource_and_a_bad_one_are_both_answered_with_200_and_an_outcome()
    {
        var tester = await exchange.AsAsync("tester");

        var good = await tester.PostAsync("Flag/$validate", Flag);
        good.Status.Should().Be(200, good.Text);
        Rules(good).Should().Equal("information ");
        var bad = await tester.PostAsync("Flag/$validate", Flag.Replace("active", "wren", StringComparison.Ordinal));
        bad.Status.Should().Be(200, bad.Text);
        Rules(bad).Should().Equal("error fhir-binding");
        foreach (var answer in new[] { good, bad })
            TheValidator.Validate(FhirSource.ReadJson(answer.Bytes)).IsValid.Should().BeTrue(answer.Text);
    }

    [Theory]
    [InlineData("Flag/$validate?profile=https://fhir.cpis.example/StructureDefinition/CPIS-Flag")]
    [InlineData("Flag/$validate?mode=create")]
    [InlineData("Flag/$validate")]
    public async Task A_profile_is_asked_for_in_the_URL_by_the_mode_or_in_Parameters(string url)
    {
        var tester = await exchange.AsAsync("tester");
        var body = url.Contains('?', StringComparison.Ordinal)
            ? Flag
            : Parameters(("resource", "resource", Flag), ("profile", "valueUri", $"\"{CpisFlag}\""));

        var answer = await tester.PostAsync(url, body);

        answer.Status.Should().Be(200, answer.Text);
        Rules(answer).Should().Contain("error fhir-min");
    }

    [Fact]
    public async Task In_Parameters_places_are_those_of_the_resource_and_lines_those_of_the_body()
    {
        var tester = await exchange.AsAsync("tester");
        var body =
            "{\n\"resourceType\":\"Parameters\",\n\"parameter\":[{\"name\":\"resource\",\"resource\":\n"
            + Flag.Replace("active", "wren", StringComparison.Ordinal)
            + "}]}";

        var answer = await tester.PostAsync("Flag/$validate", body);

        var issue = answer.Json.GetProperty("issue")[0];
        issue.GetProperty("expression")[0].GetString().Should().Be("Flag.status");
        issue.GetProperty("location")[0].GetString().Should().StartWith("line 4, ");
    }

    [Fact]
    public async Task XML_is_taken_too()
    {
        var tester = await exchange.AsAsync("tester");
        using var xml = new StringContent(
            "<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"wren\"/></Patient>",
            Encoding.UTF8,
            MediaTypeHeaderValue.Parse("application/fhir+xml")
        );

        var answer = await tester.SendAsync(HttpMethod.Post, "Patient/$validate", xml);

        answer.Status.Should().Be(200, answer.Text);
        Rules(answer).Should().Equal("error fhir-binding");
    }

    [Theory]
    [InlineData("Flag/$validate?mode=wren", Flag, 400)]
    [InlineData("Flag/$validate?mode=delete", Flag, 400)]
    [InlineData(
        "Flag/$validate?mode=profile&profile=https://fhir.cpis.example/StructureDefinition/CPIS-Flag",
        Flag,
        400
    )]
    [InlineData("Flag/$validate?wren=1", Flag, 400)]
    [InlineData("Flag/$validate?mode=create&mode=update", Flag, 400)]
    [InlineData("Flag/$validate?profile=https://example.org/no-such", Flag, 404)]
    [InlineData("Flag/$validate", "", 400)]
    [InlineData("Flag/$validate", "{\"resourceType\":\"Parameters\"}", 400)]
    [InlineData("Flag/$validate", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"wren\"}]}", 400)]
    [InlineData("Flag/$validate", "{\"resourceType\":\"Patient\"}", 400)]
    [InlineData("Flag/$validate", "{\"resourceType\":", 400)]
    [InlineData("Flag/no-such/$validate", "", 404)]
    [InlineData("Observation/$validate", "{\"resourceType\":\"Observation\"}", 404)]
    public async Task What_is_wrong_with_the_request_itself_is_4xx(string url, string body, int status)
    {
        var answer = await (await exchange.AsAsync("tester")).PostAsync(url, body);

        answer.Status.Should().Be(status, answer.Text);
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
    }

    [Fact]
    public async Task Another_media_type_is_415_and_too_large_a_body_413()
    {
        var tester = await exchange.AsAsync("tester");
        using var plain = new StringContent(Flag, Encoding.UTF8, MediaTypeHeaderValue.Parse("text/plain"));
        (await tester.SendAsync(HttpMethod.Post, "Flag/$validate", plain)).Status.Should().Be(415);
        (await tester.PostAsync("Flag/$validate", new string(' ', 5 * 1024 * 1024 + 1))).Status.Should().Be(413);
    }

    [Theory]
    [InlineData("tester", "AuditEvent", 200)]
    [InlineData("operator", "AuditEvent", 200)]
    [InlineData("authority-xhf01", "Flag", 200)]
    [InlineData("authority-xhf01", "AuditEvent", 403)]
    [InlineData("hareford-ed", "Flag", 403)]
    [InlineData("nobody", "Flag", 401)]
    public async Task It_is_open_to_testers_operators_and_authorities_for_what_they_write(
        string who,
        string type,
        int status
    )
    {
        var speaker = who == "nobody" ? exchange.Anonymous : await exchange.AsAsync(who);

        var answer = await speaker.PostAsync($"{type}/$validate", $$"""{"resourceType":"{{type}}"}""");

        answer.Status.Should().Be(status, answer.Text);
    }

    [Fact]
    public async Task An_upload_that_is_taken_is_valid_before_and_one_that_is_not_says_where()
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        var bundle = Encoding.UTF8.GetString(
            SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [exchange.NewChild()]).Span
        );

        var good = await authority.PostAsync("Bundle/$validate?mode=create", bundle);
        good.Status.Should().Be(200, good.Text);
        Rules(good).Should().OnlyContain(rule => !rule.StartsWith("error", StringComparison.Ordinal), good.Text);
        var bad = await authority.PostAsync(
            "Bundle/$validate?mode=create",
            bundle.Replace("\"given\"", "\"given_\"", StringComparison.Ordinal)
        );
        bad.Status.Should().Be(200, bad.Text);
        bad.Text.Should().Contain("Bundle.entry[0].resource.name[0]");
    }

    [Fact]
    public async Task A_stored_resource_is_validated_for_its_owner_alone()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var owner = await exchange.AsAsync("authority-xhf01");
        var flag = (await owner.GetAsync($"Flag?identifier={child.Plans[0].PlanId}")).Entries("Flag").Single();
        var url = $"Flag/{flag.GetProperty("id").GetString()}/$validate";

        foreach (
            var (path, post) in new[] { (url, false), (url, true), ($"{url}?mode=profile&profile={CpisFlag}", false) }
        )
        {
            var answer = post ? await owner.PostAsync(path, "") : await owner.GetAsync(path);
            answer.Status.Should().Be(200, answer.Text);
            Rules(answer).Should().Equal("information ");
        }

        (await (await exchange.AsAsync("operator")).GetAsync(url)).Status.Should().Be(404);
        (await (await exchange.AsAsync("authority-xst05")).GetAsync(url)).Status.Should().Be(404);
        (await (await exchange.AsAsync("tester")).GetAsync(url)).Status.Should().Be(404);
    }

    [Fact]
    public async Task The_mode_says_whether_it_could_be_made_updated_or_deleted()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var owner = await exchange.AsAsync("authority-xhf01");
        var stored = (await owner.GetAsync($"Flag?identifier={child.Plans[0].PlanId}")).Entries("Flag").Single();
        var (id, text) = (stored.GetProperty("id").GetString()!, stored.GetRawText());

        Rules(await owner.PostAsync("Flag/$validate?mode=create", text)).Should().Equal("error cpis-entry-duplicate");
        Rules(await (await exchange.AsAsync("tester")).PostAsync("Flag/$validate?mode=create", text))
            .Should()
            .Equal(["information "], "a tester learns nothing of what is held");
        Rules(await owner.PostAsync("Flag/$validate?mode=update", text)).Should().Equal("information ");
        var nameless = JsonNode.Parse(text)!.AsObject();
        nameless.Remove("id");
        Rules(await owner.PostAsync("Flag/$validate?mode=update", nameless.ToJsonString()))
            .Should()
            .Equal("error fhir-min");
        Rules(await owner.PostAsync($"Flag/{id}1/$validate?mode=update", text)).Should().Equal("error cpis-entry-url");
        Rules(await owner.GetAsync($"Flag/{id}/$validate?mode=delete")).Should().Equal("error cpis-delete");
        (await owner.GetAsync("Flag/no-such/$validate?mode=delete")).Status.Should().Be(404);
    }

    private static Validator TheValidator { get; } = ConformanceSet.CoreAndOurs().Validator;

    private static string Parameters(params (string Name, string Form, string Json)[] parameters) =>
        $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', parameters.Select(p => $$"""{"name":"{{p.Name}}","{{p.Form}}":{{p.Json}}}"""))}}]}""";

    private static IEnumerable<string> Rules(Answer answer) =>
        answer
            .Json.GetProperty("issue")
            .EnumerateArray()
            .Select(issue =>
                $"{issue.GetProperty("severity").GetString()} {(issue.GetProperty("details").TryGetProperty("coding", out var coding) ? coding[0].GetProperty("code").GetString() : "")}"
            );
}
