using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Records;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Cli.Tests.Notices;

/// <summary>An authority sees what it was not told of and takes it, with <c>cpis worklist</c> and <c>cpis acknowledge</c>, on the real server.</summary>
[Collection(RealExchange.Shared)]
public sealed class WorklistTests(RealExchange exchange)
{
    private const string Authority = "authority-xwl06";
    private const string Code = "XWL06";
    private const string Nurse = "hareford-ed-nurse";

    [Fact]
    public async Task An_attendance_is_shown_with_its_age_and_a_reference_and_is_taken_by_it()
    {
        var child = await LookedUpAsync();
        var number = child.NhsNumber.Digits;

        var shown = await exchange.AsAsync(Authority, "worklist", "--all");
        shown.Code.Should().Be(0, shown.Error);
        shown.Out.Should().StartWith(AnswerTexts.NotForThePatient);
        shown
            .Out.Should()
            .MatchRegex(
                $@"(under 1|\d+) min +record-accessed +{number} +Hareford General.* [0-9A-Z]{{3}}-[0-9A-Z]{{4}} +Subject to child protection plan +untold"
            );
        shown.Error.Should().MatchRegex(@"Untold in all: \d+ notices?, the oldest for ");
        shown.Error.Should().Contain("No Subscription is your place of action");
        var waiting = await WaitingAsync(number);
        waiting["state"]!.GetValue<string>().Should().Be("untold");
        waiting["plans"]!.AsArray().Select(plan => plan!.GetValue<string>()).Should().Equal("child-protection-plan");
        waiting["ageSeconds"]!.GetValue<long>().Should().BeGreaterThanOrEqualTo(0);

        // As it was heard on the telephone.
        var reference = waiting["reference"]!.GetValue<string>();
        var heard = reference.Replace("-", "", StringComparison.Ordinal).Replace('0', 'o').Replace('1', 'l');
        var taken = await exchange.AsAsync(
            Authority,
            "acknowledge",
            heard.ToLowerInvariant(),
            "--person",
            "Ann Example",
            "--note",
            "Phoned the ward."
        );
        taken.Code.Should().Be(0, taken.Error);
        taken.Out.Should().StartWith("1 notice taken by Ann Example.");
        (await ListAsync()).Should().NotContain(each => each["nhsNumber"]!.GetValue<string>() == number);

        var list = await exchange.AsAsync(Authority, "worklist", "--state", "taken", "--all");
        list.Out.Should().MatchRegex($@"{number} .* {reference} .* taken +Ann Example");
        var notice = (await WaitingAsync(number, "taken"))["notices"]![0]!;
        notice["note"]!.GetValue<string>().Should().Be("Phoned the ward.");

        var again = await exchange.AsAsync(Authority, "acknowledge", reference, "--person", "Bob Example", "--json");
        again.Code.Should().Be(0, again.Error);
        again
            .Objects.Single()
            .ToJsonString()
            .Should()
            .Contain("\"outcome\":\"unchanged\",\"taken\":0,\"takenBefore\":1");
    }

    [Fact]
    public async Task Several_are_taken_at_once_by_id_and_by_reference_and_a_person_is_asked_first()
    {
        var one = await WaitingAsync((await LookedUpAsync()).NhsNumber.Digits);
        var two = await WaitingAsync((await LookedUpAsync()).NhsNumber.Digits);
        string[] take =
        [
            "acknowledge",
            one["id"]!.GetValue<string>(),
            two["reference"]!.GetValue<string>(),
            two["id"]!.GetValue<string>(),
            "--person",
            "Ann Example",
        ];

        var declined = await exchange.TypedAsync(Authority, "\n", take);
        declined.Code.Should().Be(2);
        declined
            .Error.Should()
            .Contain(one["nhsNumber"]!.GetValue<string>())
            .And.Contain("Take these 2 attendances as Ann Example? [y/N] ")
            .And.Contain("Nothing was changed.");
        (await WaitingAsync(one["nhsNumber"]!.GetValue<string>())).Should().NotBeNull();

        var agreed = await exchange.TypedAsync(Authority, "y\n", take);
        agreed.Code.Should().Be(0, agreed.Error);
        agreed.Out.Should().StartWith("2 notices taken by Ann Example.");
    }

    [Fact]
    public async Task The_client_files_person_takes_without_being_named_again()
    {
        var child = await exchange.HeldAsync();
        await exchange.AsAsync(Nurse, "lookup", child.NhsNumber.Digits);
        var list = await exchange.AsAsync("authority-xhf01", "worklist", "--all", "--json");
        var waiting = list.Objects.Single(each => each["nhsNumber"]!.GetValue<string>() == child.NhsNumber.Digits);

        var taken = await exchange.AsAsync(
            "authority-xhf01-lead",
            "acknowledge",
            waiting["reference"]!.GetValue<string>()
        );

        taken.Code.Should().Be(0, taken.Error);
        taken.Out.Should().Contain("taken by Lee Leadsample.");
    }

    [Fact]
    public async Task Nothing_untold_is_said_with_the_time_and_an_earlier_one_is_not_forgotten()
    {
        var none = await exchange.AsAsync("authority-xnw04", "worklist");
        none.Code.Should().Be(0, none.Error);
        none.Out.Should().MatchRegex(@"^Nobody waits to be told\. As of \d{4}-\d\d-\d\d \d\d:\d\d (GMT|BST)\.\s*$");

        await LookedUpAsync();
        var later = await exchange.AsAsync(
            Authority,
            "worklist",
            "--since",
            RealExchange.Text(RealExchange.Today.AddDays(1))
        );
        later
            .Out.Should()
            .MatchRegex(
                @"^Nobody waits to be told of a look-up since .*\. Of earlier ones: \d+ notices?, the oldest for "
            );
    }

    [Fact]
    public async Task A_watch_shows_what_is_new_and_nothing_twice_and_Ctrl_C_is_how_it_ends()
    {
        var before = await LookedUpAsync();
        using var watch = exchange.StartAs(Authority, "worklist", "--watch", "--every", "1");
        await watch.Out.SeesAsync(before.NhsNumber.Digits);

        var news = await LookedUpAsync();
        var seen = await watch.Out.SeesAsync(news.NhsNumber.Digits);
        watch.Interrupt();
        var ended = await watch.EndAsync();

        ended.Code.Should().Be(0);
        seen.Split(before.NhsNumber.Digits).Should().HaveCount(2, "it was shown once");
        ended.Out.Should().NotContain("\a");
    }

    [Fact]
    public async Task An_operator_sees_ages_and_counts_and_no_child()
    {
        var child = await LookedUpAsync();

        var shown = await exchange.AsAsync("operator", "worklist");
        var counted = (await exchange.AsAsync("operator", "worklist", "--json")).Objects.Single(each =>
            each["authority"]!.GetValue<string>() == Code
        );

        shown.Code.Should().Be(0, shown.Error);
        shown.Out.Should().MatchRegex($@"(under 1|\d+) min +{Code} ").And.NotContain(child.NhsNumber.Digits);
        counted["untold"]!.GetValue<int>().Should().BePositive();
        counted["ageSeconds"]!.GetValue<long>().Should().BeGreaterThanOrEqualTo(0);
    }

    [Theory]
    [InlineData("Say who with --person NAME", "acknowledge", "K7F-4M2Q")]
    [InlineData("K7F-4M2Q is not on the work-list", "acknowledge", "K7F-4M2Q", "--person", "Ann Example")]
    [InlineData("'K7F-4M' is neither a reference", "acknowledge", "K7F-4M", "--person", "Ann Example")]
    [InlineData("--person must be a name", "acknowledge", "K7F-4M2Q", "--person", " ")]
    [InlineData("--every must be 1 or more", "worklist", "--watch", "--every", "0")]
    [InlineData("'open' not recognized", "worklist", "--state", "open")]
    public async Task What_cannot_be_meant_is_told_and_changes_nothing(string reason, params string[] args)
    {
        var ended = await exchange.AsAsync(Authority, args);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain(reason);
    }

    [Fact]
    public async Task Another_authority_takes_nothing_by_an_id_that_it_got_to_know()
    {
        var waiting = await WaitingAsync((await LookedUpAsync()).NhsNumber.Digits);

        var refused = await exchange.AsAsync(
            "authority-xnw04",
            "acknowledge",
            waiting["id"]!.GetValue<string>(),
            "--person",
            "Eve Example"
        );

        refused.Code.Should().Be(1);
        refused.Error.Should().Contain("HTTP 404");
    }

    private async Task<SyntheticChild> LookedUpAsync()
    {
        var child = exchange.NewChild(PlanTypes.ChildProtectionPlan);
        await exchange.UploadAsync(Authority, Code, [child]);
        (await exchange.AsAsync(Nurse, "lookup", child.NhsNumber.Digits)).Code.Should().Be(0);
        return child;
    }

    private async Task<IReadOnlyList<JsonNode>> ListAsync(string state = "untold") =>
        (await exchange.AsAsync(Authority, "worklist", "--all", "--json", "--state", state)).Objects;

    private async Task<JsonNode> WaitingAsync(string number, string state = "untold") =>
        (await ListAsync(state)).Single(each => each["nhsNumber"]!.GetValue<string>() == number);
}
