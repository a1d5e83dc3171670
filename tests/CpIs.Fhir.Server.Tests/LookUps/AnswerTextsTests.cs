using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>The sentences of an answer, word by word as design.md has them. They may not change unseen.</summary>
public sealed class AnswerTextsTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task A_plan_that_is_held_asks_whether_it_is_this_child_and_says_that_a_notice_goes_out()
    {
        var child = await UploadedAsync(exchange.Plan());

        var texts = await TextsAsync(child);

        texts[0]
            .Should()
            .Be(
                $"PLAN HELD for {child.Given[0]} {child.Family.ToUpperInvariant()}, born {child.BirthDate:d MMMM yyyy}. Is this the child with you? Twins: check the first name."
            );
        texts[^1]
            .Should()
            .StartWith("A notice is being sent to ")
            .And.EndWith(
                ". It is not a referral and may not be read yet. Worried? Phone now and follow your safeguarding procedure."
            );
        texts.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_difference_in_one_detail_is_told_and_hides_nothing()
    {
        var child = await UploadedAsync(exchange.Plan());

        (await TextsAsync(child, ("birthdate", "2001-01-01")))[0]
            .Should()
            .Be(
                "Your details differ from this record (date of birth). Check NHS number and first name. If it is this child, the plan applies."
            );
        (await TextsAsync(child, ("family", "Otherwise"), ("birthdate", $"{child.BirthDate:yyyy-MM-dd}")))[0]
            .Should()
            .Contain("(family name)");
        (await TextsAsync(child, ("family", child.Family.ToUpperInvariant())))[0].Should().StartWith("PLAN HELD for ");
    }

    [Theory]
    [InlineData("O\u2019Brien\u00a0Smith")]
    [InlineData("o brien-smith")]
    [InlineData("Obrien Smith")]
    public async Task Names_that_differ_in_punctuation_and_blanks_alone_are_the_same(string said)
    {
        var child = exchange.NewChild(exchange.Plan()) with { Family = "O'Brien Smith" };
        await exchange.UploadAsync("authority-xhf01", child);

        (await TextsAsync(child, ("family", said)))[0].Should().StartWith("PLAN HELD for ");
    }

    [Fact]
    public async Task Where_name_and_date_of_birth_both_differ_the_name_that_is_held_is_not_told()
    {
        var child = await UploadedAsync(exchange.Plan());

        var texts = await TextsAsync(child, ("family", "Otherwise"), ("birthdate", "2001-01-01"));

        texts[0]
            .Should()
            .StartWith(
                "A plan is held under this number for a person with other details. Check the number. If it is right, phone "
            )
            .And.NotContain(child.Family)
            .And.Contain("(emergency duty)");
    }

    [Fact]
    public async Task An_ended_plan_and_an_unborn_one_say_what_a_reader_must_not_think()
    {
        var ended = await UploadedAsync(exchange.Plan(status: PlanStatus.Finished, end: exchange.Today));
        (await TextsAsync(ended)).Should().Contain($"Ended {exchange.Today:d MMMM yyyy}. Ended does not mean safe.");

        var mother = exchange.NewChild(
            exchange.Plan(PlanTypes.UnbornChildProtectionPlan, end: exchange.Today.AddDays(60))
        ) with
        {
            BirthDate = exchange.Today.AddYears(-30),
        };
        await exchange.UploadAsync("authority-xhf01", mother);
        (await TextsAsync(mother))
            .Should()
            .Contain(
                "This plan concerns the pregnancy, which may have ended. Read her notes before mentioning the baby."
            );
    }

    [Fact]
    public async Task A_miss_says_what_it_does_not_mean()
    {
        var setting = await exchange.AsAsync("hareford-ed");

        var miss = await setting.LookUpAsync(exchange.NewNumber());

        TextsOf(miss)
            .Should()
            .Equal(
                "No plan found under this number. This is not 'no concern': the child may be unmatched, newborn, not yet recorded, a child in need, or from Wales, Scotland or Northern Ireland."
            );
        LookUpTexts.Failure.Should().Be("WE COULD NOT CHECK. Do not treat as no plan. Phone children's social care.");
    }

    private async Task<SyntheticChild> UploadedAsync(SyntheticPlan plan)
    {
        var child = exchange.NewChild(plan);
        await exchange.UploadAsync("authority-xhf01", child);
        return child;
    }

    private async Task<List<string>> TextsAsync(SyntheticChild child, params (string Name, string Value)[] more)
    {
        var setting = await exchange.AsAsync("hareford-ed");
        var query = string.Concat(more.Select(pair => $"&{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return TextsOf(await setting.GetAsync($"Patient/$child-protection?nhsNumber={child.NhsNumber.Digits}{query}"));
    }

    private static List<string> TextsOf(Answer answer)
    {
        answer.Status.Should().Be(200, answer.Text);
        return
        [
            .. answer
                .Entries("OperationOutcome", "outcome")
                .Single()
                .GetProperty("issue")
                .EnumerateArray()
                .Select(issue => issue.GetProperty("diagnostics").GetString()!),
        ];
    }
}
