using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>
/// <c>$holdings</c>, and a file of everything: what it leaves out is told, and ended by a second call. Each test sends what it finds held, less some.
/// </summary>
public sealed class FullFileTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static int _sequence = 100;

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    private Task<Speaker> LeadAsync => exchange.AsAsync("authority-xhf01-lead");

    private Task<Speaker> WorkerAsync => exchange.AsAsync("authority-xhf01-worker");

    [Fact]
    public async Task What_is_held_comes_as_records_that_can_be_sent_back_unchanged()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;
        await SendAsync(
            authority,
            number,
            [Record(number, 1), Record(number, 2, "finished"), Record(number, 3, "entered-in-error")]
        );

        var held = await HoldingsAsync(authority);
        var again = await SendAsync(authority, NextSequence, held);

        held.Where(line => line.Contains($"\"{number}-", StringComparison.Ordinal))
            .Should()
            .HaveCount(2)
            .And.NotContain(line => line.Contains($"\"{number}-3\""));
        again.Status.Should().Be(200, again.Text);
        (Value(again, "records"), Value(again, "unchanged")).Should().Be((held.Count, held.Count), again.Text);
    }

    [Fact]
    public async Task What_is_held_comes_as_a_table_to_its_own_authority_alone_and_each_reading_is_on_record()
    {
        var authority = await AuthorityAsync;
        var number = NextSequence;
        await SendAsync(authority, number, [Record(number, 1), Record(number, 2, "finished")]);

        var table = await AsAsync(authority, "$holdings", "text/csv");
        var second = await AsAsync(authority, "$holdings", "text/csv");
        var others = await AsAsync(await exchange.AsAsync("authority-xst05"), "$holdings", "text/csv");

        var lines = table.Text.TrimStart('\uFEFF').Split("\r\n");
        lines[0]
            .Should()
            .Be("nhs-number,family,given,birth-date,local-id,plan-id,type,start,end,status,protected,last-confirmed");
        lines
            .Should()
            .Contain(
                $"{NumberOf(number, 1)},Fernwood,Robin,2019-04-23,,{number}-1,342191000000101,2026-05-01,,active,false,2026-06-10T08:00:00Z"
            )
            .And.Contain(
                $"{NumberOf(number, 2)},Fernwood,Robin,2019-04-23,,{number}-2,342191000000101,2026-05-01,2026-06-01,finished,false,2026-06-10T08:00:00Z"
            );
        others.Text.Should().NotContain($"{number}-1");
        foreach (var answer in (Answer[])[table, second])
        {
            var read = await exchange.OccurrenceOfAsync(answer);
            (read.Kind, read.Interaction, read.Child).Should().Be((OccurrenceKind.Read, "$holdings", null));
        }

        (await AsAsync(authority, "$holdings", "application/fhir+json")).Status.Should().Be(406);
        (await authority.GetAsync("$holdings?_count=5")).Status.Should().Be(400);
        (await AsAsync(await exchange.AsAsync("hareford-ed"), "$holdings", "text/csv")).Status.Should().Be(403);
    }

    [Fact]
    public async Task What_a_full_file_leaves_out_is_reported_and_ends_by_a_second_call_with_the_right_count()
    {
        var authority = await AuthorityAsync;
        var (number, full) = (NextSequence, NextSequence);
        await SendAsync(authority, number, [.. Enumerable.Range(1, 25).Select(n => Record(number, n))]);
        var held = await HoldingsAsync(authority);

        var answer = await SendAsync(
            authority,
            full,
            [
                .. held.Where(line => !line.Contains($"\"{number}-7\"", StringComparison.Ordinal)),
                Record(full, 1, start: "soon"),
            ],
            "&mode=full"
        );
        var address = $"$upload/XHF01-{full}/$reconciliation";
        var report = await authority.GetAsync(address);
        var table = await AsAsync(authority, address, "text/csv");
        var page = await AsAsync(authority, address, "text/html");

        answer.Text.Should().Contain("\"reconciliation\"").And.Contain(address);
        (Value(report, "missing"), Value(report, "not-held"), Value(report, "changed")).Should().Be((1, 1, 0));
        report.Text.Should().Contain($"\"{number}-7\"").And.NotContain(NumberOf(number, 7));
        foreach (var each in (Answer[])[answer, report])
            (await ValidateAsync(each)).Should().NotContain("\"error\"");
        table.Text.Should().Contain($"\r\nmissing,{number}-7,,342191000000101,2026-05-01,,false,2026-06-10T08:00:00Z,");
        table.Text.Should().Contain($"\r\nnot-held,{full}-1,");
        page.Text.Should()
            .Contain("Held, and not in the file")
            .And.Contain($"{number}-7")
            .And.Contain("--end-missing 1");
        (await (await exchange.AsAsync("authority-xst05")).GetAsync(address)).Status.Should().Be(404);

        var end = $"$upload/XHF01-{full}/$end-missing";
        (await (await exchange.AsAsync("authority-xst05")).PostAsync(end + "?count=1", "")).Status.Should().Be(404);
        (await authority.GetAsync(end)).Status.Should().Be(404);
        (await authority.PostAsync(end, "")).Status.Should().Be(400);
        var wrong = await authority.PostAsync(end + "?count=2", "");
        (wrong.Status, await StatusOfAsync(authority, $"{number}-7")).Should().Be((409, "active"), wrong.Text);
        wrong.Issue.Diagnostics.Should().Contain("Expected: 1.");
        var ended = await authority.PostAsync(end + "?count=1", "");
        var again = await authority.PostAsync(end + "?count=1", "");

        (ended.Status, again.Status).Should().Be((200, 200), ended.Text);
        (again.Text, (await authority.GetAsync(end)).Text).Should().Be((ended.Text, ended.Text));
        (Value(ended, "records"), Value(ended, "loaded")).Should().Be((1, 1), ended.Text);
        (await ValidateAsync(ended)).Should().NotContain("\"error\"");
        (await StatusOfAsync(authority, $"{number}-7")).Should().Be("finished");
        (await AsAsync(authority, end, "text/html")).Text.Should().Contain("<h1");
        (await authority.GetAsync(address)).Text.Should().Be(report.Text);
    }

    [Fact]
    public async Task More_than_five_per_cent_ends_when_another_person_of_the_authority_approves()
    {
        var authority = await AuthorityAsync;
        var (number, full) = (NextSequence, NextSequence);
        await SendAsync(authority, number, [Record(number, 1), Record(number, 2)]);

        var answer = await SendAsync(authority, full, [Record(number, 1)], "&mode=full&count=1");
        var missing = (await authority.GetAsync($"$upload/XHF01-{full}/$reconciliation"));
        var end = $"$upload/XHF01-{full}/$end-missing?count={Value(missing, "missing")}";
        answer.Status.Should().Be(200, answer.Text);

        (await authority.PostAsync(end, "")).Status.Should().Be(403, "nobody is named");
        (await (await WorkerAsync).PostAsync(end, "")).Status.Should().Be(403, "a worker does not ask");
        var asked = await (await LeadAsync).PostAsync(end, "");
        var twice = await (await LeadAsync).PostAsync(end, "");

        (asked.Status, twice.Text).Should().Be((202, asked.Text));
        asked.Issue.Diagnostics.Should().Contain("more than 5 %").And.Contain("cpis approve ");
        var id = asked.Issue.Diagnostics.Split("cpis approve ")[1].Split(". ")[0];
        (await ApproveAsync(await LeadAsync, id)).Status.Should().Be(403);
        (await StatusOfAsync(authority, $"{number}-2")).Should().Be("active");
        var approved = await ApproveAsync(await WorkerAsync, id);
        approved.Status.Should().Be(200, approved.Text);
        var done = await DoneAsync(authority, $"$upload/XHF01-{full}/$end-missing");

        Value(done, "loaded").Should().Be(Value(missing, "missing"), done.Text);
        (await StatusOfAsync(authority, $"{number}-2")).Should().Be("finished");
        (await StatusOfAsync(authority, $"{number}-1")).Should().Be("active");
        (await authority.PostAsync(end, "")).Text.Should().Be(done.Text);
        var told = await exchange
            .Services.GetRequiredService<IOccurrenceStore>()
            .SearchOccurrencesAsync(
                new OccurrenceQuery { Kind = OccurrenceKind.Upload, Count = 1_000 },
                TestContext.Current.CancellationToken
            );
        told.Items.Where(o => o.Interaction == "$end-missing" && o.Reason!.Contains($"file {full}:"))
            .Select(o => o.Reason)
            .Should()
            .HaveCount(2)
            .And.ContainSingle(reason => reason!.Contains("asked for by") && reason.Contains("approved by"));
    }

    [Fact]
    public async Task A_file_of_changes_has_no_report_and_one_of_nothing_says_that_all_is_missing()
    {
        var authority = await AuthorityAsync;
        var (number, nothing) = (NextSequence, NextSequence);
        await SendAsync(authority, number, [Record(number, 1)]);

        var answer = await SendAsync(authority, nothing, [], "&mode=full&count=0");

        (await authority.GetAsync($"$upload/XHF01-{number}/$reconciliation")).Status.Should().Be(404);
        (await authority.PostAsync($"$upload/XHF01-{number}/$end-missing?count=0", "")).Status.Should().Be(409);
        var report = await authority.GetAsync($"$upload/XHF01-{nothing}/$reconciliation");
        Value(report, "missing").Should().Be(Value(report, "held")).And.BeGreaterThan(0);
        answer.Status.Should().Be(200);
        (await StatusOfAsync(authority, $"{number}-1")).Should().Be("active");
    }

    private static int NextSequence => Interlocked.Increment(ref _sequence);

    private static async Task<IReadOnlyList<string>> HoldingsAsync(Speaker authority)
    {
        var answer = await AsAsync(authority, "$holdings", "application/fhir+ndjson");
        answer.Status.Should().Be(200, answer.Text);
        answer.Headers["Content-Type"].Should().StartWith("application/fhir+ndjson");
        return answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<Answer> AsAsync(Speaker authority, string address, string type) =>
        authority.SendAsync(HttpMethod.Get, address, null, ("Accept", type));

    private static Task<Answer> ApproveAsync(Speaker person, string id) =>
        person.PostAsync($"/admin/approvals/{id}", "");

    private static async Task<string?> StatusOfAsync(Speaker authority, string planId) =>
        (await authority.GetAsync($"EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XHF01|{planId}"))
            .AllEntries.Single()
            .GetProperty("resource")
            .GetProperty("status")
            .GetString();

    private static Task<Answer> SendAsync(
        Speaker authority,
        int sequence,
        IReadOnlyList<string> lines,
        string more = ""
    ) =>
        authority.SendAsync(
            HttpMethod.Post,
            $"$upload?sequence={sequence}&made=2026-06-10T08:00:00Z{more}",
            new StringContent(
                string.Join('\n', lines),
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/fhir+ndjson")
            )
        );

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

    private static int Value(Answer answer, string name) =>
        answer
            .Json.GetProperty("parameter")
            .EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .GetProperty("valueInteger")
            .GetInt32();

    private static string NumberOf(int file, int n)
    {
        for (var body = 999_000_000L + file * 200 + n * 5; ; body++)
        for (var check = 0; check < 10; check++)
            if (NhsNumber.TryParse($"{body * 10 + check:D10}", out var child))
                return child.Digits;
    }

    private static string Record(int file, int n, string status = "active", string start = "2026-05-01")
    {
        var number = NumberOf(file, n);
        var end = status == "finished" ? ",\"end\":\"2026-06-01\"" : "";
        return $$$$$"""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","resource":{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{{{{number}}}}}"}],"name":[{"family":"Fernwood","given":["Robin"]}],"birthDate":"2019-04-23"}},{"resource":{"resourceType":"EpisodeOfCare","identifier":[{"system":"https://fhir.cpis.example/Id/plan/XHF01","value":"{{{{{file}}}}}-{{{{{n}}}}}"}],"status":"{{{{{status}}}}}","type":[{"coding":[{"system":"http://snomed.info/sct","code":"342191000000101"}]}],"patient":{"reference":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{{{{number}}}}}"}},"managingOrganization":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"XHF01"}},"period":{"start":"{{{{{start}}}}}"{{{{{end}}}}}}}}]}""";
    }
}
