using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Admission;

/// <summary>What R4 has and this server has not is refused, in words that say what there is instead.</summary>
public sealed class NotServedTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string PatchPath =
        """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"delete"}]}]}""";

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"remove","path":"/name"}]""")]
    [InlineData("application/xml-patch+xml", "<diff><remove sel='Patient/name'/></diff>")]
    [InlineData("application/fhir+json", PatchPath)]
    public async Task A_patch_of_any_kind_is_405_and_leads_to_PUT(string type, string body)
    {
        foreach (var path in new[] { "Patient/1", "Patient?identifier=x", "EpisodeOfCare/1", "Subscription/1" })
        {
            using var content = new StringContent(body, Encoding.UTF8, type);
            var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Patch, path, content);

            answer.Status.Should().Be(405, path);
            answer.Headers["Allow"].Split(", ").Should().Contain("PUT").And.Contain("GET").And.NotContain("PATCH");
            answer.Issue.Code.Should().Be("not-supported");
            answer.Issue.Spine.Should().Be("UNSUPPORTED_SERVICE");
            answer.Issue.Diagnostics.Should().EndWith("send the whole resource with PUT.");
        }

        using var none = new StringContent(body, Encoding.UTF8, type);
        var unwritten = await (await AuthorityAsync).SendAsync(HttpMethod.Patch, "Organization/1", none);
        unwritten.Status.Should().Be(405);
        unwritten.Issue.Diagnostics.Should().Be("PATCH is not supported at this address. Allowed: GET, HEAD.");
    }

    [Theory]
    [InlineData("GET", "_history", "GET [type]/[id]/_history, for Patient, EpisodeOfCare")]
    [InlineData("GET", "_history?_since=2026-01-01", "GET [type]/[id]/_history")]
    [InlineData("GET", "Patient/_history", "GET Patient/[id]/_history")]
    [InlineData("GET", "AuditEvent/_history", "AuditEvent has no history. Supported for AuditEvent: read, search-type")]
    [InlineData("POST", "_search", "Search one type")]
    [InlineData("GET", "Observation?code=1", "Supported: Patient, EpisodeOfCare")]
    [InlineData("GET", "Patiant/1", "Did you mean Patient?")]
    [InlineData("GET", "patient/1/2/3", "Did you mean Patient?")]
    [InlineData("POST", "$export", "Patient/$child-protection")]
    [InlineData("GET", "Patient/1/$everything", "Supported for Patient: read")]
    [InlineData("POST", "Patient/$match", "$child-protection")]
    [InlineData("GET", "Patient/1/EpisodeOfCare", "Supported for Patient")]
    [InlineData("GET", "Bundle/1", "Supported for Bundle: $validate.")]
    public async Task An_address_that_does_not_exist_is_404_and_leads_on(string method, string path, string instead)
    {
        var answer = await (await AuthorityAsync).SendAsync(new HttpMethod(method), path, null);

        answer.Status.Should().Be(404, answer.Text);
        answer.Headers.Should().NotContainKey("Allow");
        answer.Issue.Code.Should().Be("not-supported");
        answer.Issue.Diagnostics.Should().Contain(instead);
        (await exchange.Anonymous.SendAsync(new HttpMethod(method), path, null))
            .Status.Should()
            .Be(401, "nobody explores without a name");
    }

    [Theory]
    [InlineData("Patient/a_b", "1 to 64 letters")]
    [InlineData("Patient/1/_history/0", "A version is a whole number from 1")]
    public async Task What_cannot_be_an_id_or_a_version_is_not_found(string path, string why)
    {
        var answer = await (await AuthorityAsync).GetAsync(path);

        answer.Status.Should().Be(404, answer.Text);
        answer.Issue.Code.Should().Be("not-found");
        answer.Issue.Diagnostics.Should().Contain(why);
    }

    [Fact]
    public async Task A_batch_is_refused_and_nothing_of_it_is_stored()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var bundle = Encoding
            .UTF8.GetString(
                SyntheticUpload
                    .Bundle(
                        OdsCode.Parse(RunningExchange.Client("authority-xhf01").Organisation),
                        [child],
                        exchange.Clock.GetUtcNow()
                    )
                    .Span
            )
            .Replace("\"transaction\"", "\"batch\"", StringComparison.Ordinal);

        var answer = await authority.PostAsync("", bundle);

        answer.Status.Should().Be(422, answer.Text);
        answer.Issue.Expression.Should().Be("Bundle.type");
        answer.Issue.Diagnostics.Should().Contain("transaction");
        var held = await authority.GetAsync(
            $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
        );
        held.Total.Should().Be(0);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    public async Task A_token_is_only_posted_for(string method)
    {
        foreach (var path in new[] { "/oauth2/token", "/oauth2/token/", "/OAuth2/Token?grant_type=client_credentials" })
        {
            var answer = await exchange.Anonymous.SendAsync(new HttpMethod(method), path, null);

            answer.Status.Should().Be(405, path);
            answer.Headers["Allow"].Should().Be("POST");
            if (method != "HEAD")
                answer.Issue.Diagnostics.Should().Be($"{method} is not supported at this address. Allowed: POST.");
        }
    }

    [Theory]
    [InlineData("Patient/$child-protection", "GET, POST")]
    [InlineData("Flag/_search", "POST")]
    [InlineData("EpisodeOfCare/_search", "POST")]
    [InlineData("Patient/_search", "POST")]
    public async Task HEAD_is_405_for_an_authority_where_there_is_no_HEAD(string path, string allowed)
    {
        var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Head, path, null);

        answer.Status.Should().Be(405);
        answer.Headers["Allow"].Should().Be(allowed);
        answer.Bytes.Should().BeEmpty();
    }

    [Fact]
    public async Task Too_long_an_address_is_414_and_of_a_look_up_it_is_on_record()
    {
        var child = exchange.NewNumber();
        var setting = await exchange.AsAsync("hareford-ed");

        var answer = await setting.GetAsync(
            $"Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.Digits}"
                + string.Concat(Enumerable.Repeat("&_include=Flag:author", RequestTarget.Longest / 20))
        );
        var open = await exchange.Anonymous.GetAsync("metadata?x=" + new string('x', RequestTarget.Longest));
        var longest = "metadata?_format=json&x=";
        var fits = await exchange.Anonymous.GetAsync(
            longest + new string('x', RequestTarget.Longest - "/FHIR/R4/".Length - longest.Length)
        );

        answer.Status.Should().Be(414, answer.Text);
        answer.Issue.Code.Should().Be("too-long");
        answer.Issue.Spine.Should().Be("INVALID_SEARCH_DATA");
        answer.Issue.Diagnostics.Should().Contain("POST [type]/_search");
        (await exchange.OccurrenceOfAsync(answer)).Outcome.Should().Be(AccessOutcome.Refused);
        open.Status.Should().Be(414, open.Text);
        fits.Status.Should().Be(400, "x is not a parameter");
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_as_HTTP_has_a_Spine_code()
    {
        var authority = await AuthorityAsync;
        using var turtle = new StringContent("<a> <b> <c> .", Encoding.UTF8, "text/turtle");
        using var huge = new ByteArrayContent(new byte[5 * 1024 * 1024 + 1]);
        huge.Headers.ContentType = new("application/fhir+json");

        var unsupported = await authority.SendAsync(HttpMethod.Post, "", turtle);
        var unacceptable = await authority.GetAsync("Patient", ("Accept", "text/turtle"));
        var tooLarge = await authority.SendAsync(HttpMethod.Post, "", huge);

        (unsupported.Status, unsupported.Issue.Spine).Should().Be((415, "UNSUPPORTED_VALUE"));
        (unacceptable.Status, unacceptable.Issue.Spine).Should().Be((406, "UNSUPPORTED_VALUE"));
        (tooLarge.Status, tooLarge.Issue.Spine).Should().Be((413, "FAILURE_TO_PROCESS_MESSAGE"));
    }

    [Theory]
    [InlineData("Patient/1", "GET, HEAD, PUT")]
    [InlineData("Patient/$child-protection", "GET, POST")]
    [InlineData("Flag/_search", "POST")]
    public async Task OPTIONS_names_the_methods_to_a_caller_and_nothing_to_a_stranger(string path, string allowed)
    {
        foreach (var client in new[] { "authority-xhf01", "hareford-ed" })
        {
            var answer = await (await exchange.AsAsync(client)).SendAsync(HttpMethod.Options, path, null);

            answer.Status.Should().Be(204, answer.Text);
            answer.Headers["Allow"].Split(", ").Should().Contain(allowed.Split(", "));
            answer.Bytes.Should().BeEmpty();
        }

        var stranger = await exchange.Anonymous.SendAsync(HttpMethod.Options, path, null);
        stranger.Status.Should().Be(401);
        stranger.Headers.Should().NotContainKey("Allow");
        (await (await AuthorityAsync).SendAsync(HttpMethod.Options, "Nothing/1", null)).Status.Should().Be(404);
        var page = await exchange.Anonymous.SendAsync(HttpMethod.Options, "/validate", null);
        (page.Status, page.Headers["Allow"]).Should().Be((204, "GET, HEAD, POST"));
    }
}
