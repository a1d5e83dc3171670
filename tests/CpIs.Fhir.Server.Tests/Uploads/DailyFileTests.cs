using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary><c>$upload</c> over HTTP, by the whole server.</summary>
public sealed class DailyFileTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static int _sequence = 100;

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    private static int NextSequence => Interlocked.Increment(ref _sequence);

    [Fact]
    public async Task NDJSON_is_answered_with_a_verdict_on_the_file_and_on_each_record_and_its_plans_are_live()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;

        var answer = await SendAsync(authority, number, $"{Record(number, 1)}\n{Record(number, 2, start: "soon")}\n");

        answer.Status.Should().Be(200, answer.Text);
        Value(answer, "verdict", "valueCoding").GetProperty("code").GetString().Should().Be("CPF03");
        (Value(answer, "loaded", "valueInteger").GetInt32(), Value(answer, "refused", "valueInteger").GetInt32())
            .Should()
            .Be((1, 1));
        answer.Text.Should().Contain("\"line 2\"").And.Contain("EpisodeOfCare.period.start").And.Contain("CPR07");
        var setting = await exchange.AsAsync("hareford-ed");
        (await setting.LookUpAsync(NhsNumber.Parse(NumberOf(number, 1)))).Text.Should().Contain("EpisodeOfCare");
        (await ValidateAsync(answer)).Should().NotContain("\"error\"");
    }

    [Fact]
    public async Task A_Bundle_says_its_number_and_time_itself_and_must_not_say_other_than_the_URL()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;
        var bundle = Bundle(number, Record(number, 1));

        var other = await authority.PostAsync($"$upload?sequence={number + 1_000}", bundle);
        var answer = await authority.PostAsync("$upload", bundle);
        var again = await authority.PostAsync($"$upload?sequence={number}", bundle);

        (other.Status, answer.Status, again.Status).Should().Be((422, 200, 200), other.Text + answer.Text);
        other.Text.Should().Contain("CPF01").And.Contain("must say the same");
        again.Text.Should().Be(answer.Text);
        answer.Text.Should().Contain("\"entry[0]\"").And.Contain("CPF02");
        (await authority.PostAsync("$upload", Bundle(number, Record(number, 9)))).Status.Should().Be(409);
    }

    [Fact]
    public async Task The_answer_comes_as_CSV_as_a_page_as_OperationOutcome_and_as_XML()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;
        var text = $"{Record(number, 1)}\n{Record(number, 2, start: "soon")}";

        var csv = await SendAsync(authority, number, text, "", ("Accept", "text/csv"));
        var page = await SendAsync(authority, number, text, "", ("Accept", "text/html"));
        var outcome = await SendAsync(authority, number, text, "", ("Prefer", "return=OperationOutcome"));
        var xml = await SendAsync(authority, number, text, "", ("Accept", "application/fhir+xml"));
        var none = await SendAsync(authority, NextSequence, text, "", ("Accept", "image/png"));

        csv.Text.Should().Contain("position,verdict").And.Contain("line 2,CPR07,refused");
        page.Text.Should().Contain("<h1").And.Contain("To mend").And.Contain("line 2");
        outcome.Text.Should().Contain("OperationOutcome").And.Contain("CPF03").And.Contain("line 2, CPR07");
        xml.Text.Should().StartWith("<").And.Contain("CPF03");
        none.Status.Should().Be(406);
    }

    [Fact]
    public async Task A_dry_run_answers_and_stores_nothing()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;

        var trial = await SendAsync(authority, number, Record(number, 1), "&dry-run=true");

        (trial.Status, Value(trial, "loaded", "valueInteger").GetInt32()).Should().Be((200, 1), trial.Text);
        (await authority.GetAsync($"$upload/XHF01-{number}")).Status.Should().Be(404);
        (await authority.GetAsync($"EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XHF01|{number}-1"))
            .Json.GetProperty("total")
            .GetInt32()
            .Should()
            .Be(0);
    }

    [Fact]
    public async Task Who_does_not_wait_asks_at_the_address_of_the_file_which_is_nobody_elses()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;

        var taken = await SendAsync(authority, number, Record(number, 1), "", ("Prefer", "respond-async"));

        taken.Status.Should().Be(202, taken.Text);
        var address = taken.Headers["Content-Location"];
        address.Should().EndWith($"/$upload/XHF01-{number}");
        var answer = await DoneAsync(authority, $"$upload/XHF01-{number}");
        Value(answer, "loaded", "valueInteger").GetInt32().Should().Be(1);
        (await (await exchange.AsAsync("authority-xst05")).GetAsync($"$upload/XHF01-{number}")).Status.Should().Be(404);
        (await authority.SendAsync(HttpMethod.Delete, $"$upload/XHF01-{number}", null)).Status.Should().Be(409);
    }

    [Fact]
    public async Task Parts_come_in_any_order_and_a_file_that_is_not_whole_can_be_cancelled()
    {
        var authority = await AuthorityAsync;
        var (number, cancelled) = (NextSequence, NextSequence);

        var second = await SendAsync(authority, number, Record(number, 2), "&part=2&parts=2&count=2");
        await SendAsync(authority, number, Record(number, 1), "&part=1&parts=2&count=2");
        await SendAsync(authority, cancelled, Record(cancelled, 1), "&part=1&parts=2");
        var cancel = await authority.SendAsync(HttpMethod.Delete, $"$upload/XHF01-{cancelled}", null);

        (second.Status, second.Headers["X-Progress"]).Should().Be((202, "parts received: 2 of 2"));
        Value(await DoneAsync(authority, $"$upload/XHF01-{number}"), "loaded", "valueInteger")
            .GetInt32()
            .Should()
            .Be(2);
        cancel.Status.Should().Be(202);
        (await authority.GetAsync($"$upload/XHF01-{cancelled}")).Status.Should().Be(410);
        (await SendAsync(authority, cancelled, Record(cancelled, 1), "&part=2&parts=2")).Status.Should().Be(409);
    }

    [Theory]
    [InlineData("made=2026-06-10T08:00:00Z", "sequence")]
    [InlineData("sequence=5", "made")]
    [InlineData("sequence=5&made=yesterday", "London time")]
    [InlineData("sequence=0&made=2026-06-10T08:00:00Z", "1 to 999999999999")]
    [InlineData("sequence=5&made=2026-06-10T08:00:00Z&mode=some", "delta, full")]
    [InlineData("sequence=5&made=2026-06-10T08:00:00Z&part=3&parts=2", "part=1 to part=N")]
    [InlineData("sequence=5&made=2026-06-10T08:00:00Z&name=x", "not a supported parameter")]
    public async Task A_parameter_that_cannot_be_understood_is_told_and_nothing_is_kept(string query, string told)
    {
        var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Post, "$upload?" + query, Ndjson(Record(5, 1)));

        answer.Status.Should().BeOneOf(400, 422);
        answer.Text.Should().Contain(told);
    }

    [Fact]
    public async Task Without_an_offset_the_time_is_Londons_and_a_file_from_the_future_is_refused()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;

        var answer = await authority.SendAsync(
            HttpMethod.Post,
            $"$upload?sequence={number}&made=2026-06-10T08:00",
            Ndjson(Record(number, 1))
        );
        var ahead = await authority.SendAsync(
            HttpMethod.Post,
            $"$upload?sequence={NextSequence}&made=2027-06-10T08:00:00Z",
            Ndjson(Record(number, 1))
        );

        Value(answer, "made", "valueInstant").GetString().Should().Be("2026-06-10T07:00:00.000Z");
        (ahead.Status, ahead.Text).Should().Be((422, ahead.Text));
        ahead.Text.Should().Contain("minutes ahead");
    }

    [Fact]
    public async Task Only_an_authority_sends_files()
    {
        var answer = await SendAsync(await exchange.AsAsync("hareford-ed"), 1, Record(1, 1));
        answer.Status.Should().Be(403);
        (await (await AuthorityAsync).SendAsync(HttpMethod.Post, "$upload?sequence=1", new StringContent("x")))
            .Status.Should()
            .Be(415);
    }

    private static Task<Answer> SendAsync(
        Speaker authority,
        int sequence,
        string lines,
        string more = "",
        params (string Name, string Value)[] headers
    ) =>
        authority.SendAsync(
            HttpMethod.Post,
            $"$upload?sequence={sequence}&made=2026-06-10T08:00:00Z{more}",
            Ndjson(lines),
            headers
        );

    private static StringContent Ndjson(string lines) =>
        new(lines, Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+ndjson"));

    private static async Task<Answer> DoneAsync(Speaker authority, string address)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await authority.GetAsync(address);
            if (answer.Status != 202 || tries == 600)
                return answer;
            await Task.Delay(100);
        }
    }

    private async Task<string> ValidateAsync(Answer answer) =>
        (
            await (await exchange.AsAsync("tester")).PostAsync(
                "Parameters/$validate",
                $"{{\"resourceType\":\"Parameters\",\"parameter\":[{{\"name\":\"resource\",\"resource\":{answer.Text}}}]}}"
            )
        ).Text;

    private static JsonElement Value(Answer answer, string name, string type) =>
        answer
            .Json.GetProperty("parameter")
            .EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .GetProperty(type);

    private static string Bundle(int sequence, params string[] records) =>
        new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "collection",
            ["identifier"] = new JsonObject
            {
                ["system"] = "https://fhir.cpis.example/Id/daily-file/XHF01",
                ["value"] = sequence.ToString(CultureInfo.InvariantCulture),
            },
            ["timestamp"] = "2026-06-10T08:00:00Z",
            ["entry"] = new JsonArray([
                .. records.Select(record => new JsonObject { ["resource"] = JsonNode.Parse(record) }),
            ]),
        }.ToJsonString();

    private static string NumberOf(int file, int n)
    {
        for (var body = 999_000_000L + file * 100 + n * 5; ; body++)
        for (var check = 0; check < 10; check++)
            if (NhsNumber.TryParse($"{body * 10 + check:D10}", out var child))
                return child.Digits;
    }

    private static string Record(int file, int n, string start = "2026-05-01")
    {
        var number = NumberOf(file, n);
        return $$$$$"""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","resource":{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{{{{number}}}}}"}],"name":[{"family":"Fernwood","given":["Robin"]}],"birthDate":"2019-04-23"}},{"resource":{"resourceType":"EpisodeOfCare","identifier":[{"system":"https://fhir.cpis.example/Id/plan/XHF01","value":"{{{{{file}}}}}-{{{{{n}}}}}"}],"status":"active","type":[{"coding":[{"system":"http://snomed.info/sct","code":"342191000000101"}]}],"patient":{"reference":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{{{{number}}}}}"}},"managingOrganization":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"XHF01"}},"period":{"start":"{{{{{start}}}}}"}}}]}""";
    }
}
