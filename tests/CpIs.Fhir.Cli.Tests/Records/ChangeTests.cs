using System.Text.Json.Nodes;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>An authority ends and withdraws a plan with <c>cpis child</c>, on the real server.</summary>
[Collection(RealExchange.Shared)]
public sealed class ChangeTests(RealExchange exchange)
{
    private const string Authority = "authority-xhf01-worker";
    private static readonly string Yesterday = RealExchange.Text(RealExchange.Today.AddDays(-1));

    [Fact]
    public async Task An_ended_plan_is_finished_on_that_day_and_a_look_up_says_so()
    {
        var child = await exchange.HeldAsync();
        var number = child.NhsNumber.Digits;

        var ended = await exchange.AsAsync(Authority, "child", "end", number, "--on", Yesterday);

        ended.Code.Should().Be(0, ended.Error);
        ended
            .Out.Should()
            .Contain($"Plan {child.Plans[0].PlanId}, Subject to child protection plan, of {number} Wren Zofia Quickley")
            .And.MatchRegex(@"Status\s+active\s+finished")
            .And.MatchRegex($@"Last day\s+none\s+{Yesterday}")
            .And.MatchRegex(@"Version\s+1\s+2");
        var plan = await PlanAsync(child);
        plan["status"]!.GetValue<string>().Should().Be("finished");
        plan["end"]!.GetValue<string>().Should().Be(Yesterday);
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", number))
            .Out.Should()
            .Contain("Ended does not mean safe.");
    }

    [Fact]
    public async Task A_withdrawn_plan_is_shown_to_nobody()
    {
        var child = await exchange.HeldAsync();

        var ended = await exchange.AsAsync(Authority, "child", "withdraw", child.NhsNumber.Digits, "--json");

        ended.Code.Should().Be(0, ended.Error);
        var change = ended.Objects.Single();
        change["outcome"]!.GetValue<string>().Should().Be("withdrawn");
        change["planId"]!.GetValue<string>().Should().Be(child.Plans[0].PlanId);
        change["before"]!["status"]!.GetValue<string>().Should().Be("active");
        change["after"]!["status"]!.GetValue<string>().Should().Be("entered-in-error");
        change["version"]!.GetValue<int>().Should().Be(2);
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits))
            .Out.Should()
            .Contain(AnswerTexts.None);
        (await PlanAsync(child))["status"]!.GetValue<string>().Should().Be("entered-in-error");
    }

    [Fact]
    public async Task Of_several_plans_one_must_be_named_by_id_or_by_type()
    {
        var child = await exchange.HeldAsync(PlanTypes.ChildProtectionPlan, PlanTypes.LookedAfter);
        string[] end = ["child", "end", child.NhsNumber.Digits, "--on", Yesterday];

        var unclear = await exchange.AsAsync(Authority, end);
        unclear.Code.Should().Be(2);
        unclear
            .Error.Should()
            .Contain("2 plans are active. Say which with --plan")
            .And.Contain(child.Plans[0].PlanId)
            .And.Contain(child.Plans[1].PlanId);

        (await exchange.AsAsync(Authority, [.. end, "--type", "looked-after"]))
            .Out.Should()
            .Contain(child.Plans[1].PlanId);
        (await exchange.AsAsync(Authority, [.. end, "--plan", child.Plans[0].PlanId]))
            .Out.Should()
            .Contain(child.Plans[0].PlanId);
        var again = await exchange.AsAsync(Authority, end);
        again.Code.Should().Be(2);
        again.Error.Should().Contain("no plan is active. Held:").And.Contain(child.Plans[0].PlanId);
    }

    [Fact]
    public async Task A_named_plan_may_be_ended_again_and_only_its_last_day_changes()
    {
        var child = await exchange.HeldAsync();
        string[] end = ["child", "end", child.NhsNumber.Digits, "--plan", child.Plans[0].PlanId, "--on"];
        await exchange.AsAsync(Authority, [.. end, Yesterday]);

        var repeated = await exchange.AsAsync(Authority, [.. end, Yesterday, "--json"]);
        var corrected = await exchange.AsAsync(Authority, [.. end, "today"]);

        repeated.Objects.Single()["outcome"]!.GetValue<string>().Should().Be("unchanged");
        corrected
            .Out.Should()
            .MatchRegex($@"Last day\s+{Yesterday}\s+{RealExchange.Text(RealExchange.Today)}")
            .And.NotContain("Status");
    }

    [Fact]
    public async Task An_unborn_plan_ends_on_the_day_of_birth()
    {
        var child = exchange.NewChild(PlanTypes.UnbornChildProtectionPlan) with
        {
            BirthDate = RealExchange.Today.AddYears(-25),
        };
        child = child with { Plans = [child.Plans[0] with { End = RealExchange.Today.AddDays(30) }] };
        await exchange.UploadAsync(Authority, "XHF01", [child]);

        var ended = await exchange.AsAsync(Authority, "child", "end", child.NhsNumber.Digits, "--on", Yesterday);

        ended.Code.Should().Be(0, ended.Error);
        (await PlanAsync(child))["end"]!.GetValue<string>().Should().Be(Yesterday);
    }

    [Fact]
    public async Task A_person_at_a_terminal_is_shown_the_change_and_asked_first()
    {
        var child = await exchange.HeldAsync();
        string[] withdraw = ["child", "withdraw", child.NhsNumber.Digits];

        var declined = await exchange.TypedAsync(Authority, "\n", withdraw);
        declined.Code.Should().Be(2);
        declined
            .Error.Should()
            .Contain("Status: active -> entered-in-error")
            .And.Contain("does not come back")
            .And.Contain("Withdraw this plan? [y/N] ")
            .And.Contain("Nothing was changed.");
        (await PlanAsync(child))["version"]!.GetValue<int>().Should().Be(1);

        var agreed = await exchange.TypedAsync(Authority, "y\n", withdraw);
        agreed.Code.Should().Be(0, agreed.Error);
        (await PlanAsync(child))["version"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task With_yes_nobody_is_asked()
    {
        var child = await exchange.HeldAsync();

        var ended = await exchange.TypedAsync(
            Authority,
            "",
            "child",
            "end",
            child.NhsNumber.Digits,
            "--on",
            "today",
            "--yes"
        );

        ended.Code.Should().Be(0, ended.Error);
        ended.Error.Should().NotContain("[y/N]");
    }

    [Fact]
    public async Task A_day_that_cannot_be_is_refused_with_its_rule_and_nothing_is_changed()
    {
        var child = await exchange.HeldAsync();
        var tomorrow = RealExchange.Text(RealExchange.Today.AddDays(1));

        var ended = await exchange.AsAsync(Authority, "child", "end", child.NhsNumber.Digits, "--on", tomorrow);

        ended.Code.Should().Be(1);
        ended.Error.Should().Contain("cannot end in the future").And.Contain("[cpis-plan-finished-future]");
        (await PlanAsync(child))["version"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task Another_authority_finds_nothing_to_change()
    {
        var child = await exchange.HeldAsync();

        var ended = await exchange.AsAsync("authority-xbr02", "child", "withdraw", child.NhsNumber.Digits);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("you hold no plan under this NHS number");
        (await PlanAsync(child))["status"]!.GetValue<string>().Should().Be("active");
    }

    [Fact]
    public async Task A_protected_child_is_shown_to_a_setting_as_a_phone_number_until_a_lead_ends_it()
    {
        var child = await exchange.HeldAsync();
        string[] change = [child.NhsNumber.Digits, "--reason", "Family in flight"];

        var done = await exchange.AsAsync("authority-xhf01-worker", ["child", "protect", .. change]);
        done.Code.Should().Be(0, done.Error);
        done.Out.Should().StartWith("Protected: 1 plan.");
        (await PlanAsync(child))["protected"]!.GetValue<bool>().Should().BeTrue();
        var seen = await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits);
        seen.Out.Should()
            .StartWith("Do not show to patient or family.")
            .And.Contain("A protected record is held. Phone 0300 555 0199.")
            .And.NotContainAny("Harefordshire County Council", "XHF01", "Quickley", "Subject to");
        var json = (
            await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits, "--json")
        ).Objects.Single();
        (json["state"]!.GetValue<string>(), json["protected"]!.GetValue<bool>())
            .Should()
            .Be(("information-held", true));
        json["plans"]!.AsArray().Should().BeEmpty();
        (await exchange.AsAsync(Authority, "child", "end", child.NhsNumber.Digits, "--on", Yesterday))
            .Code.Should()
            .Be(0, "a plan is ended with its mark");

        (await exchange.AsAsync("authority-xhf01-worker", ["child", "unprotect", .. change])).Code.Should().Be(1);
        (await exchange.AsAsync("authority-xhf01-lead", ["child", "unprotect", .. change]))
            .Out.Should()
            .StartWith("No longer protected: 1 plan.");
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits))
            .Out.Should()
            .Contain("PLAN HELD");
        (await exchange.AsAsync("authority-xbr02", ["child", "protect", .. change]))
            .Error.Should()
            .Contain("you hold no child with this NHS number");
    }

    private async Task<JsonNode> PlanAsync(SyntheticChild child) =>
        (await exchange.AsAsync(Authority, "plans", "--json", "--nhs-number", child.NhsNumber.Digits)).Objects.Single();
}
