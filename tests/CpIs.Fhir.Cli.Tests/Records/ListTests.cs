using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>What an authority sees of its own with <c>cpis children</c>, <c>plans</c> and <c>accesses</c>, on the real server.</summary>
[Collection(RealExchange.Shared)]
public sealed class ListTests(RealExchange exchange)
{
    private const string Authority = "authority-xhf01";

    [Fact]
    public async Task Children_are_shown_with_name_birth_date_and_local_id_and_only_to_their_authority()
    {
        var child = await exchange.HeldAsync();
        string[] ask = ["children", "--nhs-number", child.NhsNumber.Digits];

        var shown = await exchange.AsAsync(Authority, ask);

        shown.Code.Should().Be(0, shown.Error);
        shown
            .Out.Should()
            .StartWith(AnswerTexts.NotForThePatient)
            .And.MatchRegex(
                $@"(?m)^{child.NhsNumber.Digits}\s+Wren Zofia Quickley\s+{RealExchange.Text(child.BirthDate)}\s+{child.LocalId}$"
            );
        (await exchange.AsAsync("authority-xbr02", ask)).Should().Be(new Ended(0, "(none)" + Environment.NewLine, ""));
    }

    [Fact]
    public async Task Children_are_found_by_the_beginning_of_a_name_and_by_birth_date()
    {
        var child = exchange.NewChild(PlanTypes.LookedAfter) with
        {
            Family = "Ångström, the Younger",
            BirthDate = RealExchange.Today.AddYears(-5),
        };
        await exchange.UploadAsync(Authority, "XHF01", [child]);

        async Task<int> CountAsync(params string[] filter) =>
            (await exchange.AsAsync(Authority, ["children", "--json", .. filter])).Objects.Count;

        (await CountAsync("--family", "angstrom, t")).Should().Be(1, "a comma is part of the name");
        (await CountAsync("--family", "angstrom", "--given", "zo")).Should().Be(1);
        (await CountAsync("--family", "angstrom", "--given", "robin")).Should().Be(0);
        (await CountAsync("--family", "angstrom", "--born", $"{child.BirthDate.Year}")).Should().Be(1);
        (await CountAsync("--family", "angstrom", "--born", $"{child.BirthDate.Year - 1}")).Should().Be(0);
    }

    [Fact]
    public async Task Plans_are_shown_with_child_type_dates_and_status_and_narrowed_by_each()
    {
        var child = await exchange.HeldAsync(PlanTypes.ChildProtectionPlan, PlanTypes.LookedAfter);
        var (plan, number) = (child.Plans[0], child.NhsNumber.Digits);

        async Task<IReadOnlyList<string>> IdsAsync(params string[] filter)
        {
            var ended = await exchange.AsAsync(Authority, ["plans", "--json", "--nhs-number", number, .. filter]);
            ended.Code.Should().Be(0, ended.Error);
            return [.. ended.Objects.Select(o => o["planId"]!.GetValue<string>()).Order()];
        }

        (await exchange.AsAsync(Authority, "plans", "--plan", plan.PlanId))
            .Out.Should()
            .MatchRegex(
                $@"{plan.PlanId}\s+Subject to child protection plan\s+{number} Wren Zofia Quickley, born {RealExchange.Text(child.BirthDate)}\s+{RealExchange.Text(plan.Start)}\s+active"
            );
        (await IdsAsync()).Should().Equal(child.Plans.Select(p => p.PlanId).Order());
        (await IdsAsync("--type", "looked-after")).Should().Equal(child.Plans[1].PlanId);
        (await IdsAsync("--status", "active")).Should().HaveCount(2);
        (await IdsAsync("--status", "finished")).Should().BeEmpty();
        (await IdsAsync("--since", RealExchange.Text(RealExchange.Today))).Should().HaveCount(2, "they still run");
        (await IdsAsync("--until", RealExchange.Text(plan.Start))).Should().HaveCount(2);
        (await IdsAsync("--until", RealExchange.Text(plan.Start.AddDays(-1)))).Should().BeEmpty();
    }

    [Fact]
    public async Task A_plan_as_JSON_has_its_child_and_version()
    {
        var child = await exchange.HeldAsync();

        var plan = (
            await exchange.AsAsync(Authority, "plans", "--json", "--nhs-number", child.NhsNumber.Digits)
        ).Objects.Single();

        plan["id"]!.GetValue<string>().Should().NotBeEmpty();
        plan["version"]!.GetValue<int>().Should().Be(1);
        plan["type"]!.GetValue<string>().Should().Be("child-protection-plan");
        plan["end"].Should().BeNull();
        plan["nhsNumber"]!.GetValue<string>().Should().Be(child.NhsNumber.Digits);
        plan["given"]!.ToJsonString().Should().Be("""["Wren","Zofia"]""");
    }

    [Fact]
    public async Task More_than_a_page_is_read_to_the_end_or_to_the_limit_and_what_is_left_out_is_told()
    {
        // Another authority's, of whom no other test counts the children.
        const string another = "authority-xmv03";
        foreach (var _ in Enumerable.Range(0, 3))
            await exchange.UploadAsync(
                another,
                "XMV03",
                [
                    .. Enumerable
                        .Range(0, 95)
                        .Select(_ => exchange.NewChild(PlanTypes.ChildProtectionPlan, PlanTypes.LookedAfter)),
                ]
            );

        var all = await exchange.AsAsync(another, "plans", "--all", "--json");
        var some = await exchange.AsAsync(another, "plans", "--limit", "501", "--json");
        var first = await exchange.AsAsync(another, "children");

        all.Objects.Select(o => o["planId"]!.GetValue<string>()).Should().HaveCount(570).And.OnlyHaveUniqueItems();
        all.Objects.Should().OnlyContain(plan => plan["family"] != null, "each child's name was looked for");
        all.Error.Should().Contain("570 of 570").And.NotContain("Shown:");
        some.Objects.Should().HaveCount(501);
        some.Error.Should().Contain("Shown: 501 of 570. For more: --limit N, or --all.");
        first.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2 + 50);
        first.Error.Should().Be("Shown: 50 of 285. For more: --limit N, or --all." + Environment.NewLine);
    }

    [Fact]
    public async Task Accesses_say_who_looked_when_and_which_plans_were_shown_and_nothing_of_silent_ones()
    {
        var child = await exchange.HeldAsync();
        var number = child.NhsNumber.Digits;
        (await exchange.AsAsync("gp-hareford", "lookup", number, "--scheduled")).Code.Should().Be(0);
        (await exchange.AsAsync(Authority, "accesses", "--nhs-number", number)).Out.Should().StartWith("(none)");
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", number)).Code.Should().Be(0);

        var shown = await exchange.AsAsync(Authority, "accesses", "--nhs-number", number);
        var access = (await exchange.AsAsync(Authority, "accesses", "--nhs-number", number, "--json")).Objects.Single();

        shown.Code.Should().Be(0, shown.Error);
        shown
            .Out.Should()
            .MatchRegex($@"{number}\s+Sam Sample, Staff Nurse\s+Hareford General.*\s{child.Plans[0].PlanId}")
            .And.NotContain("Outcome", "each was answered");
        access["mode"]!.GetValue<string>().Should().Be("unscheduled");
        access["outcome"]!.GetValue<string>().Should().Be("answered");
        access["plans"]![0]!["planId"]!.GetValue<string>().Should().Be(child.Plans[0].PlanId);
        access["plans"]![0]!["version"]!.GetValue<string>().Should().Be("1");
        string[] by = ["accesses", "--nhs-number", number, "--by"];
        foreach (var id in new[] { "organisationCode", "personId" })
            (await exchange.AsAsync(Authority, [.. by, access[id]!.GetValue<string>()])).Out.Should().Contain(number);
        (await exchange.AsAsync(Authority, [.. by, "XGP01"])).Out.Should().StartWith("(none)");
        var today = RealExchange.Text(RealExchange.Today);
        (await exchange.AsAsync(Authority, "accesses", "--nhs-number", number, "--since", today))
            .Out.Should()
            .Contain(number);
        (await exchange.AsAsync(Authority, "accesses", "--nhs-number", number, "--until", "2020"))
            .Out.Should()
            .StartWith("(none)");
    }

    [Fact]
    public async Task An_operator_sees_who_asked_and_no_child()
    {
        var child = await exchange.HeldAsync();
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits)).Code.Should().Be(0);

        var shown = await exchange.AsAsync("operator", "accesses", "--limit", "500");

        shown.Code.Should().Be(0, shown.Error);
        shown.Out.Should().Contain("unscheduled").And.Contain("Sam Sample").And.NotContain(child.NhsNumber.Digits);
        shown.Out.Should().NotContain("NHS number").And.NotContain("Plans shown");
    }

    [Theory]
    [InlineData("children")]
    [InlineData("plans")]
    [InlineData("accesses")]
    [InlineData("child", "withdraw", "9990000018")]
    public async Task A_care_setting_is_told_to_look_up_and_its_search_is_not_sent(params string[] args)
    {
        var ended = await exchange.AsAsync("hareford-ed-nurse", args);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("cpis lookup");
    }

    [Theory]
    [InlineData("--limit must be 1 or more", "plans", "--limit", "0")]
    [InlineData("not both", "plans", "--limit", "5", "--all")]
    [InlineData("--since must be a day", "accesses", "--since", "yesterday")]
    [InlineData("--born must be a day", "children", "--born", "23/11/2019")]
    [InlineData("not a valid NHS number", "plans", "--nhs-number", "9990000019")]
    [InlineData("'looked after' not recognized", "plans", "--type", "looked after")]
    public async Task What_cannot_be_meant_is_told_before_anything_is_sent(string reason, params string[] args)
    {
        var ended = await exchange.AsAsync(Authority, args);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain(reason);
    }

    [Fact]
    public async Task Who_may_not_search_is_refused_in_the_words_of_the_exchange()
    {
        var ended = await exchange.AsAsync("operator", "plans", "--json");

        ended.Code.Should().Be(1);
        ended
            .Error.Should()
            .Contain("the search of EpisodeOfCare was refused (HTTP 403")
            .And.Contain("Operators cannot");
        ended.Objects.Single()["outcome"]!.GetValue<string>().Should().Be("refused");
    }
}
