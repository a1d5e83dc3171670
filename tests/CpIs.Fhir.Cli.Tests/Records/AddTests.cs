using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>An authority adds a plan of one child with <c>cpis child add</c>, on the real server, and its case system says otherwise later.</summary>
[Collection(RealExchange.Shared)]
public sealed class AddTests(RealExchange exchange)
{
    private const string Worker = "authority-xhf01-worker";
    private static readonly string Yesterday = RealExchange.Text(RealExchange.Today.AddDays(-1));

    [Fact]
    public async Task A_plan_that_is_added_is_there_at_once()
    {
        var child = exchange.NewChild(PlanTypes.ChildProtectionPlan);

        var added = await exchange.AsAsync(Worker, Add(child, "child protection"));

        added.Code.Should().Be(0, added.Error);
        added
            .Out.Should()
            .Be(
                $"Plan {child.Plans[0].PlanId}, Subject to child protection plan, of {child.NhsNumber.Digits} Wren Zofia Quickley: created.\n"
            );
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits))
            .Out.Should()
            .Contain("PLAN HELD for Wren");
        var again = (await exchange.AsAsync(Worker, [.. Add(child, "child protection"), "--json"])).Objects.Single();
        (again["outcome"]!.GetValue<string>(), again["version"]!.GetValue<int>()).Should().Be(("unchanged", 1));
    }

    [Fact]
    public async Task A_person_at_a_terminal_is_asked_for_what_is_missing_shown_it_and_asked_first()
    {
        var child = exchange.NewChild(PlanTypes.UnbornChildProtectionPlan);
        var due = RealExchange.Today.AddDays(60);
        var typed =
            $"Quickley\nWren Zofia\n23/04/1996\n1996-04-23\n{child.Plans[0].PlanId}\nunborn\n\n{RealExchange.Text(due)}\n";
        string[] add = ["child", "add", child.NhsNumber.Digits];

        var declined = await exchange.TypedAsync(Worker, typed + "n\n", add);

        declined.Code.Should().Be(2);
        declined
            .Error.Should()
            .Contain("Type a day, such as 2026-11-23.")
            .And.Contain("This will be stored:")
            .And.MatchRegex(@"Name: +Wren Zofia Quickley")
            .And.MatchRegex(@"Born: +23 April 1996")
            .And.MatchRegex($@"Due: +{due:d MMMM yyyy}")
            .And.Contain("Store this? [y/N] ")
            .And.Contain("Nothing was changed.");
        (await exchange.AsAsync(Worker, "plans", "--json", "--nhs-number", child.NhsNumber.Digits))
            .Objects.Should()
            .BeEmpty();

        var agreed = await exchange.TypedAsync(Worker, typed + "y\n", add);
        agreed.Code.Should().Be(0, agreed.Error);
        var plan = await PlanAsync(child);
        plan["type"]!.GetValue<string>().Should().Be("unborn-child-protection-plan");
        plan["end"]!.GetValue<string>().Should().Be(RealExchange.Text(due));
    }

    [Fact]
    public async Task Of_a_child_that_is_held_name_date_of_birth_and_local_id_stay_unless_they_are_given()
    {
        var child = await exchange.HeldAsync();
        string[] add = ["child", "add", child.NhsNumber.Digits, "--plan", child.Plans[0].PlanId + "-B"];

        var added = await exchange.AsAsync(Worker, [.. add, "--type", "looked after", "--start", "today"]);
        var shown = await exchange.TypedAsync(Worker, "\n\n\n\nn\n", [.. add, "--type", "looked", "--family", "Quick"]);

        added.Code.Should().Be(0, added.Error);
        var held = (
            await exchange.AsAsync(Worker, "children", "--json", "--nhs-number", child.NhsNumber.Digits)
        ).Objects.Single();
        held["version"]!.GetValue<int>().Should().Be(1);
        held["localId"]!.GetValue<string>().Should().Be(child.LocalId);
        shown.Error.Should().Contain("You hold this child with another name: Wren Zofia Quickley -> Wren Zofia Quick");
    }

    [Fact]
    public async Task A_protected_plan_is_shown_as_a_phone_number_from_the_first_moment()
    {
        var child = exchange.NewChild(PlanTypes.ChildProtectionPlan);

        (await exchange.AsAsync(Worker, [.. Add(child, "child protection"), "--protected"])).Code.Should().Be(0);

        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits))
            .Out.Should()
            .Contain("A protected record is held.")
            .And.NotContain("Quickley");
    }

    [Fact]
    public async Task What_cannot_be_stored_is_told_before_it_is_sent()
    {
        var child = exchange.NewChild(PlanTypes.ChildProtectionPlan);

        var missing = await exchange.AsAsync(Worker, "child", "add", child.NhsNumber.Digits, "--family", "Quickley");
        var unknown = await exchange.AsAsync(Worker, Add(child, "plan"));
        var wrong = await exchange.AsAsync(Worker, [.. Add(child, "child"), "--local-id", "L 1"]);
        var nobody = await exchange.AsAsync("authority-xhf01", Add(child, "child"));

        foreach (var ended in new[] { missing, unknown, wrong })
            (ended.Code, ended.Error.Contains("Nothing was sent.")).Should().Be((2, true), ended.Error);
        missing.Error.Should().Contain("--given is missing");
        unknown.Error.Should().Contain("--type must be child-protection-plan|looked-after|");
        wrong.Error.Should().Contain("[cpis-patient-local-id]");
        nobody.Code.Should().Be(1);
        nobody.Error.Should().Contain("a person needs the activity lead or worker or duty");
    }

    [Fact]
    public async Task When_the_case_system_says_otherwise_the_work_list_says_whose_change_it_was()
    {
        var child = await exchange.HeldAsync();
        (await exchange.AsAsync(Worker, "child", "end", child.NhsNumber.Digits, "--on", Yesterday)).Code.Should().Be(0);

        // Taken from the register after the form was sent.
        await exchange.UploadAsync("authority-xhf01", "XHF01", [child], DateTimeOffset.UtcNow.AddMinutes(1));

        (await PlanAsync(child))["status"]!.GetValue<string>().Should().Be("active");
        const string told = "by Wyn Workersample; your case system says otherwise";
        (await exchange.AsAsync(Worker, "worklist"))
            .Out.Should()
            .MatchRegex($@"{child.NhsNumber.Digits} +{child.Plans[0].PlanId} +changed by form on .* {told}");
        var listed = (await exchange.AsAsync(Worker, "worklist", "--json"))
            .Objects.Where(each => each["changedByForm"] is not null)
            .Single(each => each["nhsNumber"]!.GetValue<string>() == child.NhsNumber.Digits);
        listed["by"]!.GetValue<string>().Should().Be("Wyn Workersample");
    }

    private static string[] Add(SyntheticChild child, string type) =>
        [
            "child",
            "add",
            child.NhsNumber.Digits,
            "--family",
            child.Family,
            "--given",
            string.Join(' ', child.Given),
            "--born",
            RealExchange.Text(child.BirthDate),
            "--plan",
            child.Plans[0].PlanId,
            "--type",
            type,
            "--start",
            RealExchange.Text(child.Plans[0].Start),
        ];

    private async Task<JsonNode> PlanAsync(SyntheticChild child) =>
        (await exchange.AsAsync(Worker, "plans", "--json", "--nhs-number", child.NhsNumber.Digits)).Objects.Single();
}
