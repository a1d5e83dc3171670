using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;
using static CpIs.Fhir.Server.Tests.Uploads.OneResource;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>DELETE: withdraws a plan, of which both records go together; ends a Subscription. What was deleted stays in history.</summary>
public sealed class DeleteTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Theory]
    [InlineData("EpisodeOfCare")]
    [InlineData("Flag")]
    public async Task Either_record_of_a_plan_withdraws_both_and_their_history_stays(string type)
    {
        var (authority, setting, held) = (
            await AuthorityAsync,
            await exchange.AsAsync("hareford-ed"),
            await HeldAsync()
        );
        (await setting.LookUpAsync(held.Child.NhsNumber)).Text.Should().Contain(held.Episode);

        var deleted = await DeleteAsync(authority, type == "Flag" ? held.Flag : held.Episode);

        (deleted.Status, deleted.Text).Should().Be((204, ""));
        foreach (var record in new[] { held.Episode, held.Flag })
        {
            var read = await authority.GetAsync(record);
            read.Status.Should().Be(410, read.Text);
            read.Text.Should().Contain("_history").And.NotContain(held.PlanId);
            (await authority.GetAsync(record + "/_history/2")).Status.Should().Be(410);
            (await authority.GetAsync(record + "/_history/1")).Status.Should().Be(200);
            var history = await authority.GetAsync(record + "/_history");
            var entries = history.Json.GetProperty("entry").EnumerateArray().ToList();
            entries[0].TryGetProperty("resource", out _).Should().BeFalse();
            entries[0].GetProperty("request").GetProperty("method").GetString().Should().Be("DELETE");
            entries[1].GetProperty("resource").GetProperty("status").GetString().Should().Be("active");
            history.Json.GetProperty("total").GetInt32().Should().Be(2);
            var (kind, id) = (record.Split('/')[0], record.Split('/')[1]);
            foreach (var search in new[] { $"?_id={id}", $"?identifier={PlanSystem}|{held.PlanId}", "?_count=1000" })
                (await authority.GetAsync(kind + search))
                    .Entries(kind)
                    .Select(found => found.GetProperty("id").GetString())
                    .Should()
                    .NotContain(id, search);
        }

        (await setting.LookUpAsync(held.Child.NhsNumber))
            .Text.Should()
            .NotContain(held.Episode)
            .And.NotContain(held.Flag);
        var told = (await exchange.RecordOfAsync(deleted)).GetRawText();
        told.Should().Contain("\"code\":\"delete\"");
    }

    [Fact]
    public async Task A_second_DELETE_is_204_as_the_first_and_says_so_to_who_wants_to_know()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());

        var first = await DeleteAsync(authority, held.Episode, ("Prefer", "return=OperationOutcome"));
        var second = await DeleteAsync(authority, held.Flag, ("Prefer", "return=OperationOutcome"));

        (first.Status, second.Status).Should().Be((200, 200), first.Text + second.Text);
        first.Text.Should().Contain("withdrawn").And.Contain(held.Episode).And.Contain(held.Flag);
        second.Text.Should().Contain("deleted before");
        (await DeleteAsync(authority, held.Episode)).Status.Should().Be(204);
        (await authority.GetAsync(held.Episode + "/_history")).Json.GetProperty("total").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task By_the_plan_id_too_and_another_authoritys_is_refused_whether_or_not_it_is_there()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());

        var theirs = await DeleteAsync(
            authority,
            "EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XBR02|P1"
        );
        var absent = await DeleteAsync(authority, $"EpisodeOfCare?identifier={PlanSystem}|nobody");
        var stray = await DeleteAsync(authority, $"EpisodeOfCare?identifier=https://example.org|{held.PlanId}");
        var unclear = await DeleteAsync(authority, "EpisodeOfCare?status=active");
        var none = await DeleteAsync(authority, "EpisodeOfCare");
        var deleted = await DeleteAsync(authority, $"Flag?identifier={PlanSystem}|{held.PlanId}");

        theirs.Status.Should().Be(403, theirs.Text);
        (absent.Status, stray.Status).Should().Be((404, 404));
        (unclear.Status, none.Status).Should().Be((400, 400));
        deleted.Status.Should().Be(204, deleted.Text);
        (await authority.GetAsync(held.Episode)).Status.Should().Be(410);
    }

    [Fact]
    public async Task If_Match_names_the_version_that_was_read()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());

        var stale = await DeleteAsync(authority, held.Flag, ("If-Match", "W/\"7\""));
        var unread = await DeleteAsync(authority, held.Flag, ("If-Match", "soon"));
        var current = await DeleteAsync(authority, held.Flag, ("If-Match", "W/\"1\""));

        (stale.Status, unread.Status, current.Status).Should().Be((412, 400, 204), stale.Text);
        stale.Text.Should().Contain("version 7").And.Contain("http.If-Match");
    }

    [Fact]
    public async Task The_plan_id_stays_used_whatever_comes_after()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());
        (await DeleteAsync(authority, held.Episode)).Status.Should().Be(204);
        var episode = JsonNode.Parse(held.Sent)!["entry"]!
            .AsArray()
            .Select(entry => entry!["resource"]!)
            .First(resource => (string?)resource["resourceType"] == "EpisodeOfCare")
            .DeepClone()
            .AsObject();
        episode["patient"]!["reference"] = $"Patient?identifier={FhirSystems.NhsNumber}|{held.Child.NhsNumber.Digits}";

        var older = await authority.PostAsync("", held.Sent);
        var newer = await authority.PostAsync("", Bundle(held.Child, exchange.Clock.GetUtcNow().AddMinutes(5)));
        var created = await authority.PostAsync(
            "EpisodeOfCare",
            episode.ToJsonString(),
            ("If-None-Exist", $"identifier={PlanSystem}|{held.PlanId}")
        );
        episode["status"] = "entered-in-error";
        var withdrawn = await PutAsync(authority, $"EpisodeOfCare?identifier={PlanSystem}|{held.PlanId}", episode);
        episode["id"] = held.Episode.Split('/')[1];
        var put = await PutAsync(authority, held.Episode, episode);

        (older.Status, newer.Status, created.Status)
            .Should()
            .Be((200, 409, 409), older.Text + newer.Text + created.Text);
        older.Text.Should().Contain("superseded");
        created.Text.Should().Contain("cpis-plan-withdrawn").And.NotContain("cpis-entry-duplicate");
        (withdrawn.Status, put.Status).Should().Be((410, 410), withdrawn.Text);
        (await authority.GetAsync(held.Episode + "/_history")).Json.GetProperty("total").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_withdrawal_that_comes_by_file_leaves_what_was_deleted_as_it_is()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());
        (await DeleteAsync(authority, held.Episode)).Status.Should().Be(204);
        var alone = JsonNode.Parse(held.Sent)!;
        foreach (var other in alone["entry"]!.AsArray().Skip(1).ToList())
            alone["entry"]!.AsArray().Remove(other);
        alone.AsObject().Remove("timestamp");
        (await authority.PostAsync("", alone.ToJsonString())).Text.Should().Contain("cpis-patient-without-plan");
        var file = JsonNode.Parse(
            Encoding.UTF8.GetString(Bundle(held.Child, exchange.Clock.GetUtcNow().AddMinutes(5)).Span)
        )!;
        foreach (var entry in file["entry"]!.AsArray())
            if ((string?)entry!["resource"]!["resourceType"] != "Patient")
                entry["resource"]!["status"] = "entered-in-error";

        var sent = await authority.PostAsync("", file.ToJsonString());

        sent.Status.Should().Be(200, sent.Text);
        (await authority.GetAsync(held.Episode)).Status.Should().Be(410);
        (await authority.GetAsync(held.Episode + "/_history")).Json.GetProperty("total").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_repeat_of_one_request_is_answered_as_the_first_time_and_many_at_once_delete_once()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());
        var id = ("X-Request-ID", Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => DeleteAsync(authority, i % 2 == 0 ? held.Episode : held.Flag))
        );
        var first = await DeleteAsync(authority, held.Episode, id);
        var other = await DeleteAsync(authority, held.Flag, id);

        answers.Select(answer => answer.Status).Should().AllBeEquivalentTo(204);
        (first.Status, other.Status).Should().Be((204, 409), other.Text);
        (await authority.GetAsync(held.Flag + "/_history")).Json.GetProperty("total").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task What_has_no_DELETE_says_so_and_not_yours_is_unknown()
    {
        var (authority, held) = (await AuthorityAsync, await HeldAsync());
        var own = (await authority.GetAsync("Flag?_count=1&_include=Flag:author"))
            .Entries("Organization", "include")[0]
            .GetProperty("id")
            .GetString();

        var patient = await DeleteAsync(authority, held.Patient);
        var organization = await DeleteAsync(authority, $"Organization/{own}");
        var foreign = await DeleteAsync(await exchange.AsAsync("authority-xbr02"), held.Episode);
        var absent = await DeleteAsync(await exchange.AsAsync("authority-xbr02"), "EpisodeOfCare/nobody");
        var setting = await DeleteAsync(await exchange.AsAsync("hareford-ed"), held.Episode);

        (patient.Status, organization.Status).Should().Be((405, 405), patient.Text);
        patient.Headers["Allow"].Should().Contain("GET");
        foreign.Status.Should().Be(404);
        foreign.Text.Should().Be(absent.Text);
        setting.Status.Should().Be(403);
        (await authority.GetAsync(held.Episode)).Status.Should().Be(200);
    }

    private static Task<Answer> DeleteAsync(
        Speaker speaker,
        string path,
        params (string Name, string Value)[] headers
    ) => speaker.SendAsync(HttpMethod.Delete, path, null, headers);

    private static ReadOnlyMemory<byte> Bundle(SyntheticChild child, DateTimeOffset at) =>
        SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child], at);

    private async Task<Held> HeldAsync()
    {
        var child = exchange.NewChild();
        var sent = Bundle(child, exchange.Clock.GetUtcNow().AddMinutes(-5));
        var answer = await (await AuthorityAsync).PostAsync("", sent);
        answer.Status.Should().Be(200, answer.Text);
        var places = answer
            .Json.GetProperty("entry")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("response").GetProperty("location").GetString()!.Split("/_history")[0])
            .ToDictionary(place => place.Split('/')[0]);
        var planId = child.Plans[0].PlanId;
        if (!places.TryGetValue("Flag", out var flag))
        {
            var found = await (await AuthorityAsync).GetAsync($"Flag?identifier={PlanSystem}|{planId}");
            flag = $"Flag/{found.Entries("Flag")[0].GetProperty("id").GetString()}";
        }

        return new Held(
            child,
            Encoding.UTF8.GetString(sent.Span),
            planId,
            places["Patient"],
            places["EpisodeOfCare"],
            flag
        );
    }

    private sealed record Held(
        SyntheticChild Child,
        string Sent,
        string PlanId,
        string Patient,
        string Episode,
        string Flag
    );
}
