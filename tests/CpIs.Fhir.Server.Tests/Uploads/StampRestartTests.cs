using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>A lead restarts the stamps of the authority's uploads, with a second person (docs/adr/0039).</summary>
public sealed class StampRestartTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Restart = "/admin/stamps/restart";
    private const string Reason = """{"reason":"The clock of the extract was wrong"}""";
    private static readonly OdsCode Own = OdsCode.Parse("XHF01");

    private Task<Speaker> LeadAsync => exchange.AsAsync("authority-xhf01-lead");

    private Task<Speaker> WorkerAsync => exchange.AsAsync("authority-xhf01-worker");

    [Fact]
    public async Task After_a_second_person_approved_what_is_sent_later_wins_whatever_its_time()
    {
        var child = exchange.NewChild();
        var ended = child with
        {
            Plans = [child.Plans[0] with { Status = PlanStatus.Finished, End = exchange.Today.AddDays(-1) }],
        };
        var now = exchange.Clock.GetUtcNow();
        await UploadAsync(ended, now.AddMinutes(9));
        (await UploadAsync(child, now.AddHours(-2))).Text.Should().Contain("cpis-upload-superseded");

        var id = await AskAsync();
        (await UploadAsync(child, now.AddHours(-2)))
            .Text.Should()
            .Contain("cpis-upload-superseded", "one person alone changes nothing");
        var approved = await ApproveAsync(await WorkerAsync, id);
        approved.Status.Should().Be(200, approved.Text);
        // Other servers read it within a second.
        foreach (var directory in exchange.Each<DirectorySource>())
            await directory.RefreshAsync(CancellationToken.None);

        (await UploadAsync(child, now.AddHours(-2))).Text.Should().NotContain("cpis-upload-superseded");
        (await UploadAsync(ended, now.AddHours(-3)))
            .Text.Should()
            .Contain("cpis-upload-superseded", "among the uploads since the restart the time decides again");
    }

    [Fact]
    public async Task Both_steps_are_on_record_and_the_second_names_both_persons()
    {
        var asked = await (await LeadAsync).PostAsync(Restart, Reason);
        var approved = await ApproveAsync(await WorkerAsync, IdOf(asked));

        var (first, second) = (await exchange.OccurrenceOfAsync(asked), await exchange.OccurrenceOfAsync(approved));
        var (lead, worker) = (PersonOf("lead"), PersonOf("worker"));
        (first.Kind, first.CallerKind, first.Organisation, first.Person)
            .Should()
            .Be((OccurrenceKind.Administration, CallerKind.Authority, Own, lead));
        (second.Kind, second.CallerKind, second.Organisation, second.Person)
            .Should()
            .Be((OccurrenceKind.Administration, CallerKind.Authority, Own, worker));
        second
            .Reason.Should()
            .Contain(lead.SdsUserId)
            .And.Contain(worker.SdsUserId)
            .And.Contain("clock of the extract");
    }

    [Fact]
    public async Task Nobody_is_a_second_person_to_themselves_and_nothing_is_approved_twice()
    {
        var id = await AskAsync();

        (await ApproveAsync(await LeadAsync, id)).Status.Should().Be(403);
        var asWorker = RunningExchange.Client("authority-xhf01-lead").User! with { Activities = [Activities.Worker] };
        (await ApproveAsync(await exchange.SignInAsync("authority-xhf01-worker", asWorker), id))
            .Status.Should()
            .Be(403, "another client and another role make no other person");
        (await ApproveAsync(await WorkerAsync, id)).Status.Should().Be(200);
        (await ApproveAsync(await WorkerAsync, id)).Status.Should().Be(409);
    }

    [Fact]
    public async Task A_request_is_unknown_to_other_authorities_after_24_hours_and_when_a_newer_one_replaced_it()
    {
        var replaced = await AskAsync();
        var id = await AskAsync();
        var stranger = RunningExchange.Client("authority-xhf01-worker").User! with { SdsUserId = "555252170999" };

        (await ApproveAsync(await exchange.SignInAsync("authority-xbr02", stranger), id)).Status.Should().Be(404);
        (await ApproveAsync(await WorkerAsync, replaced)).Status.Should().Be(404);
        (await ApproveAsync(await WorkerAsync, "no-such-request")).Status.Should().Be(404);
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddHours(24));
        (await ApproveAsync(await WorkerAsync, id)).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("authority-xhf01", null)]
    [InlineData("authority-xhf01-worker", "worker")]
    [InlineData("authority-xhf01-worker", "duty")]
    [InlineData("authority-xhf01-worker", "inspector")]
    [InlineData("hareford-ed", "lead")]
    [InlineData("operator", "lead")]
    public async Task Only_a_lead_of_an_authority_asks(string client, string? activity)
    {
        var user = RunningExchange.Client("authority-xhf01-worker").User! with { Activities = [activity ?? ""] };
        var speaker = await exchange.SignInAsync(client, activity is null ? null : user);

        var answer = await speaker.PostAsync(Restart, Reason);

        answer.Status.Should().Be(403, answer.Text);
    }

    [Theory]
    [InlineData("duty")]
    [InlineData("inspector")]
    [InlineData(null)]
    public async Task Only_a_lead_or_a_worker_approves(string? activity)
    {
        var id = await AskAsync();
        var user = RunningExchange.Client("authority-xhf01-worker").User! with { Activities = [activity ?? ""] };

        (await ApproveAsync(await exchange.SignInAsync("authority-xhf01", activity is null ? null : user), id))
            .Status.Should()
            .Be(403);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reason":""}""")]
    [InlineData("""{"reason":"because","authority":"XBR02"}""")]
    public async Task A_request_has_a_reason_and_nothing_else(string body) =>
        (await (await LeadAsync).PostAsync(Restart, body)).Status.Should().Be(422);

    private async Task<string> AskAsync() => IdOf(await (await LeadAsync).PostAsync(Restart, Reason));

    private static string IdOf(Answer asked)
    {
        asked.Status.Should().Be(202, asked.Text);
        using var body = JsonDocument.Parse(asked.Text);
        return body.RootElement.GetProperty("id").GetString()!;
    }

    private static Task<Answer> ApproveAsync(Speaker speaker, string id) =>
        speaker.SendAsync(HttpMethod.Post, $"/admin/approvals/{id}", null);

    private async Task<Answer> UploadAsync(SyntheticChild child, DateTimeOffset taken)
    {
        var answer = await (await WorkerAsync).PostAsync("", SyntheticUpload.Bundle(Own, [child], taken));
        answer.Status.Should().Be(200, answer.Text);
        return answer;
    }

    private static Person PersonOf(string role) =>
        PersonRules.PersonOf(RunningExchange.Client($"authority-xhf01-{role}").User!);
}
