using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.LookUps;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>Two operators retire an NHS number and restore it: nothing is shown under it, and each authority with a plan is told (promises 2 and 10).</summary>
public sealed class RetiredNumberTests(WatchedExchange exchange) : IClassFixture<WatchedExchange>, IDisposable
{
    private const string First = "555252170901";
    private const string Second = "555252170902";

    public void Dispose() => exchange.Watch.Forget();

    [Fact]
    public async Task A_retired_number_is_answered_as_one_under_which_nothing_was_ever_held_after_the_same_steps()
    {
        var child = await HeldAsync("authority-xhf01", "authority-xbr02");
        await RetireAsync(child.NhsNumber, "duplicate");

        foreach (var way in Enum.GetValues<Way>())
        {
            var (retired, retiredSteps) = await AskAsync(way, child.NhsNumber);
            var (miss, missSteps) = await AskAsync(way, exchange.NewNumber());

            retired.Status.Should().Be(200);
            Comparable(retired).Should().Be(Comparable(miss), $"{way}");
            retiredSteps.Should().Equal(missSteps, $"{way}");
            var occurrence = await exchange.OccurrenceOfAsync(retired);
            occurrence.Outcome.Should().Be(AccessOutcome.NothingHeld);
            occurrence.Obligations.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Each_authority_that_holds_a_plan_is_told_in_the_same_commit_and_the_operator_learns_their_number_alone()
    {
        var child = await HeldAsync("authority-xhf01", "authority-xbr02");
        var operatorOne = await OperatorAsync(First);

        var asked = await operatorOne.PostAsync("/admin/numbers/retire", Body(child.NhsNumber, "error"));
        asked.Status.Should().Be(202, asked.Text);
        asked.Json.GetProperty("authoritiesAffected").GetInt32().Should().Be(2);
        asked.Text.Should().NotContain(child.NhsNumber.Digits).And.NotContain("XHF01").And.NotContain("Quickley");
        exchange.Watch.Forget();
        var approved = await ApproveAsync(IdOf(asked), Second);

        exchange.Watch.Calls.Count(call => call == "CommitAsync").Should().Be(1, "one commit holds all of it");
        var told = await exchange.OccurrenceOfAsync(approved);
        told.Kind.Should().Be(OccurrenceKind.InactiveNumber);
        told.Obligations.Select(o => o.Authority.Value).Should().BeEquivalentTo("XHF01", "XBR02");
        told.Reason.Should().Contain(First).And.Contain(Second).And.Contain("error");
        foreach (var (client, own) in new[] { ("authority-xhf01", "XHF01"), ("authority-xbr02", "XBR02") })
        {
            var authority = await exchange.AsAsync(client);
            var seen = await authority.GetAsync($"AuditEvent/{told.Id}");
            seen.Status.Should().Be(200, seen.Text);
            seen.Text.Should().Contain(child.NhsNumber.Digits).And.Contain("number-retired");
            seen.Text.Split("EpisodeOfCare/").Should().HaveCount(2, $"{own} sees its own plan alone");
            seen.Text.Should().NotContain("outcomeDesc");
            (await authority.GetAsync("$worklist")).Text.Should().Contain("nhs-number-inactive").And.Contain(told.Id);
        }

        (await (await exchange.AsAsync("authority-xst05")).GetAsync($"AuditEvent/{told.Id}")).Status.Should().Be(404);
        exchange.Logs.Text.Should().NotContain(child.NhsNumber.Digits);
    }

    [Fact]
    public async Task One_operator_alone_retires_nothing()
    {
        var child = await HeldAsync("authority-xhf01");
        var asked = await (await OperatorAsync(First)).PostAsync(
            "/admin/numbers/retire",
            Body(child.NhsNumber, "error")
        );

        (await ApproveAsync(IdOf(asked), First)).Status.Should().Be(403);
        (await (await exchange.SignInAsync("operator", null)).PostAsync($"/admin/approvals/{IdOf(asked)}", "{}"))
            .Status.Should()
            .Be(403, "nobody is no second person");
        (await (await exchange.AsAsync("authority-xhf01-worker")).PostAsync($"/admin/approvals/{IdOf(asked)}", "{}"))
            .Status.Should()
            .Be(404, "it is not theirs");

        (await LookUpAsync(child.NhsNumber)).Should().BeGreaterThan(0);
    }

    [Theory]
    [InlineData("death")]
    [InlineData("adopted")]
    [InlineData("")]
    public async Task A_death_is_no_reason_and_neither_is_any_other_word(string reason)
    {
        var answer = await (await OperatorAsync(First)).PostAsync(
            "/admin/numbers/retire",
            Body(exchange.NewNumber(), reason)
        );

        answer.Status.Should().Be(422, answer.Text);
    }

    [Fact]
    public async Task Without_a_person_nobody_asks_and_no_other_kind_of_caller_does()
    {
        var body = Body(exchange.NewNumber(), "error");
        foreach (var client in new[] { "authority-xhf01-lead", "hareford-ed", "operator" })
            (await (await exchange.AsAsync(client)).PostAsync("/admin/numbers/retire", body)).Status.Should().Be(403);
    }

    [Fact]
    public async Task Two_operators_restore_it_and_it_is_shown_as_before_and_told()
    {
        var child = await HeldAsync("authority-xhf01");
        await RetireAsync(child.NhsNumber, "error");
        (await LookUpAsync(child.NhsNumber)).Should().Be(0);
        (await StatusAsync(child.NhsNumber)).Text.Should().Contain("retired").And.Contain("error");
        var one = await OperatorAsync(First);
        (await one.PostAsync("/admin/numbers/retire", Body(child.NhsNumber, "error"))).Status.Should().Be(409);

        var asked = await one.PostAsync("/admin/numbers/restore", Body(child.NhsNumber, null));
        asked.Status.Should().Be(202, asked.Text);
        (await ApproveAsync(IdOf(asked), First)).Status.Should().Be(403, "it takes two to undo it");
        (await LookUpAsync(child.NhsNumber)).Should().Be(0);
        var approved = await ApproveAsync(IdOf(asked), Second);

        approved.Status.Should().Be(200, approved.Text);
        (await LookUpAsync(child.NhsNumber)).Should().BeGreaterThan(0);
        (await exchange.OccurrenceOfAsync(approved)).Obligations.Should().ContainSingle();
        (await StatusAsync(child.NhsNumber)).Text.Should().Contain("in-use");
        (await one.PostAsync("/admin/numbers/restore", Body(child.NhsNumber, null))).Status.Should().Be(409);
        await RetireAsync(child.NhsNumber, "duplicate");
        (await LookUpAsync(child.NhsNumber)).Should().Be(0, "it can be retired again");
    }

    [Fact]
    public async Task A_plan_under_it_is_refused_with_the_plan_and_what_to_do_and_what_ends_one_is_taken()
    {
        var child = await HeldAsync("authority-xhf01");
        await RetireAsync(child.NhsNumber, "duplicate");

        var refused = await UploadAsync(child);
        refused.Status.Should().Be(422, refused.Text);
        refused.Text.Should().Contain("cpis-plan-number-inactive").And.Contain(child.Plans[0].PlanId);
        refused.Text.Should().Contain("no longer in use").And.NotContain(child.NhsNumber.Digits);
        var another = exchange.NewChild() with { NhsNumber = child.NhsNumber, LocalId = "LOCAL-OTHER" };
        (await UploadAsync(another)).Text.Should().Contain("cpis-plan-number-inactive");

        var ended = child with
        {
            Plans = [child.Plans[0] with { Status = PlanStatus.Finished, End = exchange.Today.AddDays(-1) }],
        };
        (await UploadAsync(ended)).Status.Should().Be(200, "it hides no more than is hidden");
    }

    [Theory]
    [InlineData("duplicate", 200)]
    [InlineData("adoption", 422)]
    public async Task Under_a_held_plan_id_a_plan_moves_to_another_number_but_never_after_an_adoption(
        string reason,
        int status
    )
    {
        var child = await HeldAsync("authority-xhf01");
        await RetireAsync(child.NhsNumber, reason);

        var moved = await UploadAsync(child with { NhsNumber = exchange.NewNumber(), LocalId = "LOCAL-NEW" });

        moved.Status.Should().Be(status, moved.Text);
        if (status == 422)
            moved.Text.Should().Contain("new plan id").And.NotContain("adopt");
    }

    private async Task<SyntheticChild> HeldAsync(params string[] authorities)
    {
        var child = exchange.NewChild();
        foreach (var authority in authorities)
            await exchange.UploadAsync(authority, child);
        return child;
    }

    private async Task<Answer> UploadAsync(SyntheticChild child) =>
        await (await exchange.AsAsync("authority-xhf01")).PostAsync(
            "",
            SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child], exchange.Clock.GetUtcNow())
        );

    private async Task RetireAsync(NhsNumber number, string reason)
    {
        var asked = await (await OperatorAsync(First)).PostAsync("/admin/numbers/retire", Body(number, reason));
        asked.Status.Should().Be(202, asked.Text);
        var approved = await ApproveAsync(IdOf(asked), Second);
        approved.Status.Should().Be(200, approved.Text);
    }

    private async Task<Answer> ApproveAsync(string id, string person)
    {
        // Other servers read it within a second.
        foreach (var directory in exchange.Each<DirectorySource>())
            await directory.RefreshAsync(TestContext.Current.CancellationToken);
        return await (await OperatorAsync(person)).PostAsync($"/admin/approvals/{id}", "{}");
    }

    private async Task<int> LookUpAsync(NhsNumber number) =>
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(number)).Entries("Flag").Count;

    private async Task<Answer> StatusAsync(NhsNumber number) =>
        await (await OperatorAsync(First)).PostAsync("/admin/numbers/status", Body(number, null));

    private async Task<(Answer Answer, List<string> Steps)> AskAsync(Way way, NhsNumber number)
    {
        var setting = await exchange.AsAsync("hareford-ed");
        exchange.Watch.Forget();
        var answer = await setting.AskAsync(way, number.Digits);
        return (
            answer,
            [
                .. exchange
                    .Watch.Calls.Where(call => call is "ReadChildAsync" or "ReadHistoryAsync" or "RecordAsync")
                    .Order(),
            ]
        );
    }

    /// <summary>What no request has in common with another is left out: its id, its time and its question.</summary>
    private static string Comparable(Answer answer)
    {
        var text = Regex.Replace(answer.Text, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id");
        var json = JsonNode.Parse(text)!.AsObject();
        foreach (var name in new[] { "link", "timestamp", "meta" })
            json.Remove(name);
        return json.ToJsonString();
    }

    private Task<Speaker> OperatorAsync(string person) =>
        exchange.SignInAsync(
            "operator",
            RunningExchange.Client("authority-xhf01-lead").User! with
            {
                SdsUserId = person,
                Activities = [],
            }
        );

    private static string Body(NhsNumber number, string? reason) =>
        reason is null
            ? $$"""{"nhsNumber":"{{number.Digits}}"}"""
            : $$"""{"nhsNumber":"{{number.Digits}}","reason":"{{reason}}"}""";

    private static string IdOf(Answer asked) => asked.Json.GetProperty("id").GetString()!;
}
