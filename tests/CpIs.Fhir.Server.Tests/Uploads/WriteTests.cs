using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;
using static CpIs.Fhir.Server.Tests.Uploads.OneResource;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>One resource at its own address: create, update, and both by identifier; each a transaction of one entry.</summary>
public sealed class WriteTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Fact]
    public async Task A_further_plan_of_a_held_child_is_created_once()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());

        var created = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());

        created.Status.Should().Be(201, created.Text);
        var id = created.Json.GetProperty("id").GetString()!;
        created.Headers["Location"].Should().Be($"{exchange.FhirBase}EpisodeOfCare/{id}/_history/1");
        created.Headers["ETag"].Should().Be("W/\"1\"");
        created.Headers.Should().ContainKey("Last-Modified");
        (await authority.GetAsync($"EpisodeOfCare/{id}")).Text.Should().Be(created.Text);
        (await authority.GetAsync($"Flag?identifier={PlanSystem}|{PlanId(plan)}"))
            .Json.GetProperty("total")
            .GetInt32()
            .Should()
            .Be(1, "its Flag is derived");
        (await exchange.RecordOfAsync(created)).GetRawText().Should().Contain("\"code\":\"create\"");

        var again = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());
        again.Status.Should().Be(409, again.Text);
        again.Text.Should().Contain($"EpisodeOfCare/{id}").And.Contain("cpis-entry-duplicate");
    }

    [Fact]
    public async Task Created_only_where_none_is_held()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var condition = ("If-None-Exist", $"identifier={PlanSystem}|{PlanId(plan)}");

        var first = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition);
        var second = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition);

        (first.Status, second.Status).Should().Be((201, 200), first.Text + second.Text);
        second.Text.Should().Be(first.Text);
        second.Headers["Location"].Should().Be(first.Headers["Location"]);
        var unclear = await authority.PostAsync(
            "EpisodeOfCare",
            plan.ToJsonString(),
            ("If-None-Exist", "status=active")
        );
        unclear.Status.Should().Be(400, unclear.Text);
        unclear.Text.Should().Contain("http.If-None-Exist");
        var other = await authority.PostAsync(
            "EpisodeOfCare",
            plan.ToJsonString(),
            ("If-None-Exist", $"identifier={PlanSystem}|{PlanId(plan)}9")
        );
        other.Status.Should().Be(422, other.Text);
        var theirs = await authority.PostAsync(
            "EpisodeOfCare",
            plan.ToJsonString(),
            ("If-None-Exist", "identifier=https://fhir.cpis.example/Id/plan/XBR02|P1")
        );
        theirs.Status.Should().Be(403, theirs.Text);
        var stray = plan.DeepClone().AsObject();
        stray["identifier"]![0]!["system"] = "https://example.org/plans";
        var elsewhere = await authority.PostAsync(
            "EpisodeOfCare",
            stray.ToJsonString(),
            ("If-None-Exist", $"identifier=https://example.org/plans|{PlanId(plan)}")
        );
        elsewhere.Status.Should().Be(422, elsewhere.Text);
        var told = await authority.PostAsync(
            "EpisodeOfCare",
            plan.ToJsonString(),
            condition,
            ("Prefer", "return=OperationOutcome")
        );
        told.Text.Should().Contain("Held already");
    }

    [Fact]
    public async Task A_conditional_create_under_one_request_id_is_answered_as_the_first_time()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var condition = ("If-None-Exist", $"identifier={PlanSystem}|{PlanId(plan)}");
        var (first, second) = (
            ("X-Request-ID", Guid.NewGuid().ToString()),
            ("X-Request-ID", Guid.NewGuid().ToString())
        );

        (await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition, first)).Status.Should().Be(201);
        (await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition, first)).Status.Should().Be(201);
        (await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition, second)).Status.Should().Be(200);
        plan["period"]!["start"] = exchange.Today.AddDays(-2).ToString("yyyy-MM-dd");
        (await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition, second)).Status.Should().Be(409);
    }

    [Fact]
    public async Task Of_many_that_create_one_plan_at_once_one_does_and_all_hear_of_it()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var condition = ("If-None-Exist", $"identifier={PlanSystem}|{PlanId(plan)}");
        var repeat = ("X-Request-ID", Guid.NewGuid().ToString());

        var conditional = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), condition))
        );
        plan = await exchange.FurtherPlanAsync();
        var repeated = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), repeat))
        );

        conditional.Select(answer => answer.Status).Should().OnlyContain(status => status == 200 || status == 201);
        conditional.Count(answer => answer.Status == 201).Should().Be(1);
        repeated.Select(answer => answer.Status).Should().AllBeEquivalentTo(201);
    }

    [Fact]
    public async Task Every_update_that_is_answered_200_is_a_version_however_many_come_at_once()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var address = $"EpisodeOfCare?identifier={PlanSystem}|{PlanId(plan)}";
        var made = await PutAsync(authority, address, plan);
        int Alarms() => exchange.Logs.Lines.Count(line => line.Contains("was an old file sent"));
        var alarms = Alarms();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(11, 8)
                .Select(days =>
                {
                    var changed = plan.DeepClone().AsObject();
                    changed["period"]!["start"] = exchange.Today.AddDays(-days).ToString("yyyy-MM-dd");
                    return PutAsync(authority, address, changed);
                })
        );

        var stored = answers.Where(answer => answer.Status == 200).ToList();
        answers.Should().OnlyContain(answer => answer.Status == 200 || answer.Status == 409);
        stored.Select(answer => answer.Json.GetProperty("period").GetRawText()).Should().OnlyHaveUniqueItems();
        var history = await authority.GetAsync($"EpisodeOfCare/{made.Json.GetProperty("id").GetString()}/_history");
        Versions(history).Should().HaveCount(1 + stored.Count);
        Alarms().Should().Be(alarms);
    }

    [Fact]
    public async Task What_is_sent_now_is_newer_than_a_file_of_a_clock_that_is_ahead()
    {
        var authority = await AuthorityAsync;
        var child = exchange.NewChild();
        var ahead = SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child], exchange.Clock.GetUtcNow().AddMinutes(8));
        (await authority.PostAsync("", ahead)).Status.Should().Be(200);
        var found = await authority.GetAsync($"EpisodeOfCare?identifier={PlanSystem}|{child.Plans[0].PlanId}");
        var plan = JsonNode.Parse(found.Entries("EpisodeOfCare")[0].GetRawText())!.AsObject();
        plan["status"] = "finished";
        plan["period"]!["end"] = exchange.Today.ToString("yyyy-MM-dd");

        var ended = await PutAsync(authority, $"EpisodeOfCare/{(string)plan["id"]!}", plan, ("If-Match", "W/\"1\""));
        await authority.PostAsync("", ahead);

        ended.Headers["ETag"].Should().Be("W/\"2\"");
        var now = await authority.GetAsync($"EpisodeOfCare/{(string)plan["id"]!}");
        now.Json.GetProperty("status").GetString().Should().Be("finished", "the file is older now");
    }

    [Fact]
    public async Task What_was_read_is_changed_and_sent_back_with_its_version()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var created = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());
        var address = $"EpisodeOfCare/{created.Json.GetProperty("id").GetString()}";
        var read = JsonNode.Parse((await authority.GetAsync(address)).Text)!.AsObject();
        read["status"] = "finished";
        read["period"]!["end"] = exchange.Today.ToString("yyyy-MM-dd");

        var ended = await PutAsync(authority, address, read, ("If-Match", "W/\"1\""));
        var stale = await PutAsync(authority, address, read, ("If-Match", "W/\"1\""));
        var unchanged = await PutAsync(authority, address, read);

        ended.Status.Should().Be(200, ended.Text);
        ended.Headers["ETag"].Should().Be("W/\"2\"");
        ended.Json.GetProperty("status").GetString().Should().Be("finished");
        stale.Status.Should().Be(412, stale.Text);
        stale.Text.Should().Contain("http.If-Match");
        unchanged.Headers["ETag"].Should().Be("W/\"2\"");
        (await authority.GetAsync($"Flag?identifier={PlanSystem}|{PlanId(plan)}")).Text.Should().Contain("inactive");
    }

    [Fact]
    public async Task By_identifier_it_is_created_and_then_updated()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var address = $"EpisodeOfCare?identifier={PlanSystem}|{PlanId(plan)}";

        var created = await PutAsync(authority, address, plan);
        plan["period"]!["start"] = exchange.Today.AddDays(-5).ToString("yyyy-MM-dd");
        var updated = await PutAsync(authority, address, plan);
        var other = await PutAsync(authority, address + "9", plan);

        (created.Status, updated.Status).Should().Be((201, 200), created.Text + updated.Text);
        updated.Headers["ETag"].Should().Be("W/\"2\"");
        other.Status.Should().Be(422, other.Text);
        other.Text.Should().Contain("cpis-entry-condition");
        (await PutAsync(authority, "EpisodeOfCare", plan)).Status.Should().Be(400);
        (await PutAsync(authority, "EpisodeOfCare?status=active", plan)).Status.Should().Be(400);
    }

    [Theory]
    [InlineData("PUT", "If-None-Match", "*")]
    [InlineData("PUT", "If-None-Exist", "identifier=x|y")]
    [InlineData("PUT", "If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")]
    [InlineData("DELETE", "If-None-Match", "*")]
    [InlineData("POST", "If-Match", "W/\"1\"")]
    public async Task A_condition_that_the_request_does_not_take_is_never_passed_over(
        string method,
        string header,
        string value
    )
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var path =
            method == "POST"
                ? "EpisodeOfCare"
                : $"EpisodeOfCare?identifier={PlanSystem}|{Uri.EscapeDataString(PlanId(plan))}";

        var refused = await authority.SendAsync(
            new HttpMethod(method),
            path,
            new StringContent(plan.ToJsonString(), Encoding.UTF8, "application/fhir+json"),
            (header, value)
        );
        var whole = await authority.PostAsync("", "{}", (header, value));

        refused.Status.Should().Be(400, refused.Text);
        refused.Issue.Expression.Should().Be("http." + header);
        whole.Issue.Expression.Should().Be("http." + header, "a Bundle takes none: each of its entries has its own");
        (await authority.GetAsync($"EpisodeOfCare?identifier={PlanSystem}|{PlanId(plan)}")).Total.Should().Be(0);
    }

    [Fact]
    public async Task What_is_held_keeps_its_identifier_and_the_sender_hears_how_to_correct_one()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var created = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());
        var id = created.Json.GetProperty("id").GetString()!;
        plan["id"] = id;
        plan["identifier"]![0]!["value"] = PlanId(plan) + "9";

        var renamed = await PutAsync(authority, $"EpisodeOfCare/{id}", plan);

        renamed.Status.Should().Be(422, renamed.Text);
        renamed.Issue.Expression.Should().Be("EpisodeOfCare.identifier");
        renamed.Issue.Diagnostics.Should().Contain("by POST");
    }

    [Fact]
    public async Task A_date_of_birth_after_the_start_of_a_plan_is_taken_with_a_warning()
    {
        var authority = await AuthorityAsync;
        var child = exchange.NewChild(exchange.Plan(start: exchange.Today.AddDays(-30)));
        await exchange.UploadAsync("authority-xhf01", child);
        var patient = Resource(child with { BirthDate = exchange.Today.AddDays(-10) }, "Patient");

        var taken = await PutAsync(
            authority,
            $"Patient?identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}",
            patient,
            ("Prefer", "return=OperationOutcome")
        );

        taken.Status.Should().Be(200, taken.Text);
        taken
            .Text.Should()
            .Contain("cpis-plan-before-birth")
            .And.Contain("Patient.birthDate")
            .And.Contain(child.Plans[0].PlanId);
    }

    [Fact]
    public async Task A_sender_hears_what_it_prefers()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var address = $"EpisodeOfCare?identifier={PlanSystem}|{PlanId(plan)}";

        var minimal = await PutAsync(authority, address, plan, ("Prefer", "return=minimal"));
        var outcome = await PutAsync(authority, address, plan, ("Prefer", "respond-async, return=OperationOutcome"));
        var whole = await PutAsync(authority, address, plan, ("Prefer", "return=representation"));

        (minimal.Status, minimal.Text).Should().Be((201, ""));
        minimal.Headers["Location"].Should().Contain("/_history/1");
        outcome.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        outcome.Text.Should().Contain("Unchanged");
        whole.Json.GetProperty("resourceType").GetString().Should().Be("EpisodeOfCare");
    }

    [Fact]
    public async Task A_repeat_under_the_same_request_id_gets_the_first_answer_and_another_body_is_a_conflict()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var id = ("X-Request-ID", Guid.NewGuid().ToString());

        var first = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), id);
        var repeat = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), id);
        plan["status"] = "entered-in-error";
        var other = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString(), id);

        (first.Status, repeat.Status, other.Status).Should().Be((201, 201, 409), first.Text);
        repeat.Text.Should().Be(first.Text);
        repeat.Headers["Location"].Should().Be(first.Headers["Location"]);
    }

    [Fact]
    public async Task What_is_wrong_is_told_at_the_element_of_the_resource()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        plan["status"] = "bogus";
        plan["period"]!["start"] = "2026-13-01";

        var refused = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());

        refused.Status.Should().Be(400, refused.Text);
        refused.Text.Should().Contain("\"EpisodeOfCare.status\"").And.Contain("\"EpisodeOfCare.period.start\"");
        refused.Text.Should().NotContain("Bundle.entry");
        plan["status"] = "active";
        plan["period"]!["start"] = exchange.Today.AddDays(200).ToString("yyyy-MM-dd");
        var ahead = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());
        ahead.Status.Should().Be(422, ahead.Text);
        ahead.Text.Should().Contain("cpis-plan-start-ahead").And.Contain("\"EpisodeOfCare.period.start\"");
        var alone = await authority.PostAsync("Patient", Resource(exchange.NewChild(), "Patient").ToJsonString());
        alone.Status.Should().Be(422, alone.Text);
        alone.Text.Should().Contain("POST a Bundle to the FHIR base");
        (await authority.PostAsync("Patient", plan.ToJsonString())).Status.Should().Be(400);
        (await authority.PostAsync("EpisodeOfCare", "{}")).Status.Should().Be(400);
        (await authority.PostAsync("EpisodeOfCare", """{"resourceType":"EpisodeOfCare"}"""))
            .Text.Should()
            .Contain("EpisodeOfCare.identifier");
    }

    [Fact]
    public async Task Not_yours_is_unknown_and_ids_are_the_servers()
    {
        var child = exchange.NewChild();
        var theirs = await exchange.UploadAsync("authority-xbr02", child);
        var address = theirs.Json.GetProperty("entry")[0].GetProperty("response").GetProperty("location").GetString()!;
        var id = address.Split('/')[1];
        var authority = await AuthorityAsync;
        var patient = Resource(child, "Patient");
        patient["id"] = id;

        var foreign = await PutAsync(authority, $"Patient/{id}", patient);
        patient["id"] = "nobody";
        var absent = await PutAsync(authority, "Patient/nobody", patient);

        foreign.Status.Should().Be(404, foreign.Text);
        absent.Text.Should().Be(foreign.Text, "foreign and absent are alike");
        (await PutAsync(authority, "Patient/nobody?_pretty=true&x=1", patient)).Status.Should().Be(400);
    }

    [Fact]
    public async Task A_setting_writes_nothing_and_its_try_at_the_address_of_a_look_up_is_on_record()
    {
        var setting = await exchange.AsAsync("hareford-ed");

        var written = await setting.PostAsync("Flag", """{"resourceType":"Flag"}""");

        written.Status.Should().Be(405, written.Text);
        written.Headers["Allow"].Should().Be("GET");
        (await exchange.RecordOfAsync(written)).GetRawText().Should().Contain("AuditEvent");
        (await setting.PostAsync("Patient", "{}")).Status.Should().Be(403);
    }
}
