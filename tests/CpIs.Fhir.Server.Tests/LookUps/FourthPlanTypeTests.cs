using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Task = System.Threading.Tasks.Task;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>
/// What a fourth plan type touches: one row of <see cref="PlanTypes"/>, and one code in the profiles' value set. Both live in
/// memory; the row in the whole process, so that nothing else runs meanwhile.
/// </summary>
[CollectionDefinition(nameof(FourthPlanTypeTests), DisableParallelization = true)]
[Collection(nameof(FourthPlanTypeTests))]
public sealed class FourthPlanTypeTests(FourthPlanTypeTests.WithFourth exchange)
    : IClassFixture<FourthPlanTypeTests.WithFourth>
{
    // A code and words that SNOMED CT does not have.
    private static readonly PlanType Fourth = new()
    {
        Name = "FourthForTest",
        Code = "999000041000000102",
        Display = "Fourth plan type of a test",
        DaysAfterEnd = 10,
        HiddenFromAge = 21,
        EndIsDueDate = false,
        DaysBeforeBirth = 0,
    };

    [Fact]
    public async Task A_plan_of_a_fourth_type_is_uploaded_and_shown_by_the_words_of_its_row()
    {
        using var row = PlanTypes.Try(Fourth);
        var child = exchange.NewChild(exchange.Plan(Fourth));

        await exchange.UploadAsync("authority-xhf01", child);

        var setting = await exchange.AsAsync("hareford-ed");
        foreach (var way in new[] { Way.FlagByIdentifier, Way.Episode, Way.Operation })
        {
            var answer = await setting.AskAsync(way, child.NhsNumber.Digits);
            answer.Total.Should().Be(1, $"{way} {answer.Text}");
            answer.Text.Should().Contain(Fourth.Display).And.Contain(Fourth.Code);
        }

        var flag = (await setting.LookUpAsync(child.NhsNumber)).Entries("Flag").Single();
        Coding(flag.GetProperty("code")).Should().Be((Fourth.Code, Fourth.Display));
    }

    [Fact]
    public async Task Its_row_says_for_how_many_days_after_its_end_it_is_shown()
    {
        using var row = PlanTypes.Try(Fourth);
        var end = exchange.Today;
        var child = exchange.NewChild(exchange.Plan(Fourth, PlanStatus.Finished, end: end));
        await exchange.UploadAsync("authority-xhf01", child);

        exchange.MoveTo(LondonCalendar.StartOf(end.AddDays(11)).AddMinutes(-1));
        (await ShownAsync(child.NhsNumber)).Should().Be(1, "day 10 is inclusive to its last minute");
        exchange.MoveTo(end.AddDays(11));
        (await ShownAsync(child.NhsNumber)).Should().Be(0);
    }

    [Fact]
    public async Task Its_row_says_from_which_age_it_is_hidden()
    {
        using var row = PlanTypes.Try(Fourth);
        var birthday = exchange.Today.AddDays(400);
        var child = exchange.NewChild(exchange.Plan(Fourth)) with { BirthDate = birthday.AddYears(-21) };
        await exchange.UploadAsync("authority-xhf01", child);

        exchange.MoveTo(LondonCalendar.StartOf(birthday).AddMinutes(-1));
        (await ShownAsync(child.NhsNumber)).Should().Be(1);
        exchange.MoveTo(birthday);
        (await ShownAsync(child.NhsNumber)).Should().Be(0);
    }

    [Fact]
    public async Task The_page_of_plan_types_shows_it_by_the_value_set()
    {
        using var row = PlanTypes.Try(Fourth);

        var page = await exchange.Anonymous.GetAsync("/profiles/ValueSet/plan-type");

        page.Status.Should().Be(200, page.Text);
        foreach (var type in PlanTypes.All)
            page.Text.Should().Contain(type.Code).And.Contain(type.Display);
    }

    private async Task<long> ShownAsync(Core.NhsNumber number)
    {
        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(number);
        answer.Status.Should().Be(200, answer.Text);
        return answer.Total;
    }

    private static (string?, string?) Coding(JsonElement concept)
    {
        var coding = concept.GetProperty("coding").EnumerateArray().Single();
        return (coding.GetProperty("code").GetString(), coding.GetProperty("display").GetString());
    }

    /// <summary>A server whose profiles have the fourth code.</summary>
    public sealed class WithFourth : RunningExchange
    {
        protected override void Adjust(IServiceCollection services)
        {
            var set = BuiltProfiles.Read<ValueSet>("ValueSet-plan-type.json");
            set.Compose!.Include[0].Concept.Add(new() { Code = Fourth.Code, Display = Fourth.Display });
            var json = Encoding.UTF8.GetBytes(set.ToJson());
            services.AddSingleton(_ => ConformanceSet.With(DefinitionLayer.Of([json])));
        }
    }
}
