using System.Text;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Promise 6: exactly one valid NHS number or nothing; an unknown parameter is a 400, never ignored.</summary>
public sealed class LookUpRefusalTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string System = "https://fhir.nhs.uk/Id/nhs-number|";
    private const string Valid = "9990000018";

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    private Task<Speaker> SettingAsync => exchange.AsAsync("hareford-ed");

    [Theory]
    [InlineData("Flag", "patient:identifier")]
    [InlineData("EpisodeOfCare", "patient:identifier")]
    [InlineData("AuditEvent", "patient:identifier")]
    [InlineData("Patient/$child-protection", "nhsNumber")]
    public async Task Without_an_NHS_number_the_place_is_named(string path, string parameter)
    {
        var answer = await (await SettingAsync).GetAsync(path);

        answer.Status.Should().Be(400, answer.Text);
        answer.Issue.Expression.Should().Be(parameter);
        answer.Issue.Spine.Should().Be("MISSING_VALUE");
    }

    [Theory]
    [InlineData("9990000001", "its check digit is wrong")]
    [InlineData("999000001", "it has nine digits")]
    [InlineData("99900000188", "it has eleven digits")]
    [InlineData("999 000 0018", "it has spaces")]
    [InlineData("", "it is empty")]
    [InlineData("٩٩٩٠٠٠٠٠١٨", "its digits are not ASCII")]
    public async Task An_invalid_NHS_number_is_refused_with_its_place_and_not_repeated(string number, string because)
    {
        foreach (var way in Enum.GetValues<Way>())
        {
            var answer = await (await SettingAsync).AskAsync(way, number);

            answer.Status.Should().Be(400, $"{because} ({way}: {answer.Text})");
            answer.Issue.Spine.Should().BeOneOf("INVALID_SEARCH_DATA", "MISSING_VALUE");
            answer
                .Issue.Expression.Should()
                .BeOneOf("patient:identifier", "patient.identifier", "subject:identifier", "nhsNumber");
            if (number.Length > 0)
                answer.Text.Should().NotContain(number);
        }
    }

    [Theory]
    [InlineData("Flag?patient:identifier=" + Valid, "the system is missing")]
    [InlineData("Flag?patient:identifier=|" + Valid, "the system is empty")]
    [InlineData("Flag?patient:identifier=https://fhir.nhs.uk/Id/local|" + Valid, "the system is another one")]
    [InlineData("Flag?patient:identifier=HTTPS://fhir.nhs.uk/Id/nhs-number|" + Valid, "systems differ by case")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "," + System + "9990000034", "that is a list of two")]
    [InlineData("Flag?patient:identifier=" + System + Valid + ",", "that is a list")]
    [InlineData("Flag?patient=Patient/1", "a child is asked for by NHS number only")]
    [InlineData(
        "Flag?patient:identifier=" + System + Valid + "&patient:identifier=" + System + Valid,
        "it is there twice"
    )]
    [InlineData(
        "Flag?patient:identifier=" + System + Valid + "&subject:identifier=" + System + Valid,
        "a second subject"
    )]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_count=10", "a look-up is never paged")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_count=0", "a look-up is never paged")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&status=active", "status is no parameter of a look-up")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_include=Flag:encounter", "that include is unknown")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_include=*", "everything cannot be included")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_revinclude=EpisodeOfCare:patient", "unknown")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_has:Flag:patient:code=1", "unknown")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_cursor=abc", "a look-up has no pages")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&PATIENT:IDENTIFIER=" + System + Valid, "unknown")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_pretty=yes", "that is neither true nor false")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_lastUpdated=2026", "a filter could hide a plan")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&_summary=count", "a filter could hide a plan")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&birthdate=2019", "a date of birth is one day")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&birthdate=ge2019-04-23", "that is a filter")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&family=", "it has no value")]
    [InlineData("Flag?patient:identifier=" + System + Valid + "&family=a&family=b", "it is there twice")]
    [InlineData("Flag?patient.family=Quickley", "a name is no NHS number")]
    [InlineData("EpisodeOfCare?subject:identifier=" + System + Valid, "EpisodeOfCare has no subject")]
    [InlineData("EpisodeOfCare?patient:identifier=" + System + Valid + "&_include=Flag:patient", "unknown")]
    [InlineData("Patient/$child-protection?nhsNumber=" + Valid + "&_include=Flag:patient", "it has everything")]
    [InlineData("Patient/$child-protection?nhsNumber=" + Valid + "&_count=1", "a look-up is never paged")]
    [InlineData("AuditEvent?patient:identifier=" + System + Valid + "&date=2026-01-01", "a history is given whole")]
    [InlineData("AuditEvent?patient:identifier=" + System + Valid + "&_count=5", "a history is given whole")]
    [InlineData("Patient/$child-protection?nhsNumber=" + Valid + "&nhsNumber=" + Valid, "it is there twice")]
    [InlineData("Patient/$child-protection?nhsNumber=" + Valid + "&birthDate=2020-01-01", "unknown")]
    public async Task Anything_but_one_NHS_number_is_refused(string path, string because)
    {
        var answer = await (await SettingAsync).GetAsync(path);

        answer.Status.Should().Be(400, $"{because}: {answer.Text}");
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        answer.Issue.Expression.Should().NotBeNullOrEmpty("the place is named");
    }

    [Fact]
    public async Task A_second_subject_is_refused_also_when_one_is_in_the_URL_and_one_in_the_body()
    {
        var setting = await SettingAsync;

        var form = await setting.PostFormAsync(
            $"Flag/_search?patient:identifier={System}{Valid}",
            [new("patient:identifier", System + Valid)]
        );
        var operation = await setting.PostAsync(
            $"Patient/$child-protection?nhsNumber={Valid}",
            Speaker.Parameters(Valid)
        );

        form.Status.Should().Be(400);
        form.Issue.Spine.Should().Be("TOO_MANY_VALUES_SUBMITTED");
        operation.Status.Should().Be(400);
        operation.Issue.Spine.Should().Be("TOO_MANY_VALUES_SUBMITTED");
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("{", "it is cut off")]
    [InlineData("[]", "it is no object")]
    [InlineData("null", "it is no object")]
    [InlineData("""{"resourceType":"Bundle","parameter":[]}""", "it is no Parameters")]
    [InlineData("""{"resourceType":"Parameters"}""", "it has no parameter")]
    [InlineData("""{"resourceType":"Parameters","parameter":{}}""", "parameter is no list")]
    [InlineData("""{"resourceType":"Parameters","parameter":[null]}""", "a parameter is null")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":null,"valueString":null}]}""", "a name is null")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber"}]}""", "it has no value")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueInteger":1}]}""", "a number")]
    [InlineData("""{"resourceType":"Parameters","resourceType":"Parameters","parameter":[]}""", "a member is twice")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":null}]}""", "a null")]
    [InlineData(
        """{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"\ud800"}]}""",
        "half a character"
    )]
    [InlineData("""{"resourceType":"Parameters","parameter":[7]}""", "a number")]
    public async Task A_body_that_is_no_Parameters_of_strings_is_refused(string body, string because)
    {
        var answer = await (await SettingAsync).PostAsync("Patient/$child-protection", body);

        answer.Status.Should().Be(400, $"{because}: {answer.Text}");
        answer.Issue.Expression.Should().NotBeNullOrEmpty("the place is named");
    }

    [Fact]
    public async Task The_body_of_the_operation_has_its_media_type_and_its_limit()
    {
        var setting = await SettingAsync;
        using var text = new StringContent(Valid, Encoding.UTF8, "text/plain");
        using var utf16 = new StringContent(Speaker.Parameters(Valid), Encoding.Unicode, "application/fhir+json");

        (await setting.SendAsync(HttpMethod.Post, "Patient/$child-protection", text)).Status.Should().Be(415);
        (await setting.SendAsync(HttpMethod.Post, "Patient/$child-protection", utf16)).Status.Should().Be(415);
        (await setting.PostAsync("Flag/_search", "{}")).Status.Should().Be(415);
        (await setting.PostAsync("Patient/$child-protection", Speaker.Parameters(new string('9', 20_000))))
            .Status.Should()
            .Be(413);
    }

    [Theory]
    [InlineData("Patient?identifier=" + System + Valid)]
    [InlineData("Patient?_id=1")]
    [InlineData("Patient/1")]
    [InlineData("Flag/1")]
    [InlineData("Flag/1/_history/1")]
    [InlineData("EpisodeOfCare/1")]
    [InlineData("Organization?name=a")]
    [InlineData("Organization/1")]
    [InlineData("AuditEvent/1")]
    [InlineData("Subscription")]
    [InlineData("Subscription/1")]
    [InlineData("Subscription/$status")]
    [InlineData("Patient/1/$everything")]
    [InlineData("$export")]
    [InlineData("Flag/_history")]
    [InlineData("")]
    public async Task Nothing_else_is_open_to_a_setting(string path)
    {
        var answer = await (await SettingAsync).GetAsync(path);

        answer.Status.Should().BeOneOf([403, 404, 405], answer.Text);
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
    }

    [Fact]
    public async Task A_setting_neither_uploads_nor_subscribes_nor_reads_by_the_id_it_was_shown()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await SettingAsync;
        var shown = await setting.LookUpAsync(child.NhsNumber);
        foreach (
            var entry in shown.AllEntries.Where(e =>
                e.GetProperty("search").GetProperty("mode").GetString() != "outcome"
            )
        )
        {
            var url = entry.GetProperty("fullUrl").GetString()!;
            (await setting.GetAsync(url)).Status.Should().Be(url.Contains("/Organization/") ? 200 : 403, url);
        }

        (await setting.PostAsync("", """{"resourceType":"Bundle","type":"transaction"}""")).Status.Should().Be(403);
        (await setting.PostAsync("Subscription", """{"resourceType":"Subscription"}""")).Status.Should().Be(403);
    }

    [Theory]
    [InlineData("authority-xhf01")]
    [InlineData("tester")]
    [InlineData("operator")]
    public async Task Nobody_but_a_setting_looks_a_child_up(string client)
    {
        var answer = await (await exchange.AsAsync(client)).GetAsync($"Patient/$child-protection?nhsNumber={Valid}");

        answer.Status.Should().Be(403, answer.Text);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_refusal_is_the_same_to_the_byte_whether_or_not_a_plan_exists(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var nobody = await exchange.SignInAsync("hareford-ed", null);

        var held = await nobody.AskAsync(way, child.NhsNumber.Digits);
        var unheld = await nobody.AskAsync(way, exchange.NewNumber().Digits);

        held.Status.Should().Be(403);
        unheld.Status.Should().Be(403);
        unheld.Bytes.Should().Equal(held.Bytes);
        unheld.Headers.Keys.Should().BeEquivalentTo(held.Headers.Keys);
    }

    [Fact]
    public async Task Without_a_token_it_is_401_whatever_is_asked()
    {
        var answer = await exchange.Anonymous.GetAsync($"Flag?patient:identifier={System}{Valid}");

        answer.Status.Should().Be(401);
        answer.Headers["WWW-Authenticate"].Should().Be("Bearer");
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
    }
}
