using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Synthetic.Tests;

public sealed class SyntheticPopulationTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    [Fact]
    public void The_same_settings_give_the_same_bytes_and_another_seed_other_people()
    {
        var one = SyntheticUpload.Bundles(County(500)).Select(b => Convert.ToHexString(b.Span)).ToList();
        var again = SyntheticUpload.Bundles(County(500)).Select(b => Convert.ToHexString(b.Span)).ToList();

        again.Should().Equal(one);
        SyntheticPopulation
            .OfCounty(Authority, 500, Today, seed: 2)
            .Children()
            .First()
            .NhsNumber.Should()
            .NotBe(County(500).Children().First().NhsNumber);
    }

    [Fact]
    public void Every_number_is_of_nobody_and_no_two_are_the_same()
    {
        var numbers = County(20_000).Children().Select(c => c.NhsNumber.Digits).ToList();

        numbers.Should().OnlyContain(n => n.StartsWith("999")).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_kind_of_plan_is_there_in_its_proportion()
    {
        var children = County(5_000).Children().ToList();
        var visible = children.Where(c => c.Plans.Any(p => IsVisible(c, p))).ToList();

        children.Should().HaveCount(5_000);
        children.Should().Contain(c => c.Plans.Count == 2);
        children.SelectMany(c => c.Plans).Select(p => p.Type).Distinct().Should().HaveCount(3);
        visible.Count.Should().BeInRange(4_700, 4_800); // all but those whose plan ended more than a year ago
        children.Count(c => c.Plans.All(p => p.Status == PlanStatus.Finished)).Should().Be(1_250);
    }

    [Fact]
    public void Children_are_children_and_mothers_are_adults()
    {
        foreach (var child in County(5_000).Children())
        {
            var adult = Visibility.Birthday(child.BirthDate, 18) <= Today;
            adult.Should().Be(child.Plans.Any(p => p.Type == PlanTypes.UnbornChildProtectionPlan));
        }
    }

    [Fact]
    public void Dates_are_in_order_and_plan_ids_are_unique()
    {
        var children = County(5_000).Children().ToList();

        children.SelectMany(c => c.Plans).Select(p => p.PlanId).Should().OnlyHaveUniqueItems();
        foreach (var child in children)
        foreach (var plan in child.Plans)
        {
            plan.Start.Should().BeOnOrAfter(child.BirthDate).And.BeOnOrBefore(Today);
            if (plan.End is { } end)
                end.Should().BeOnOrAfter(plan.Start);
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(10)]
    [InlineData(3)]
    public void No_Bundle_has_more_entries_than_asked_for_and_no_child_is_split(int entries)
    {
        var patients = 0;
        foreach (var bundle in SyntheticUpload.Bundles(County(200), entries))
        {
            using var json = JsonDocument.Parse(bundle);
            var resources = json
                .RootElement.GetProperty("entry")
                .EnumerateArray()
                .Select(e => e.GetProperty("resource").GetProperty("resourceType").GetString())
                .ToList();
            resources.Should().HaveCountLessThanOrEqualTo(entries);
            resources[0].Should().Be("Patient");
            patients += resources.Count(r => r == "Patient");
        }

        patients.Should().Be(200);
    }

    [Fact]
    public void Ten_times_the_children_take_ten_times_the_work()
    {
        static (long Work, long Bytes) Make(int children)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var bytes = SyntheticUpload.Bundles(County(children), 300).Sum(bundle => (long)bundle.Length);
            return (GC.GetAllocatedBytesForCurrentThread() - before, bytes);
        }

        Make(300);
        var (few, many) = (Make(1_000), Make(10_000));

        many.Bytes.Should().BeGreaterThan(10_000_000);
        (many.Work / (double)few.Work).Should().BeInRange(9, 11);
    }

    private static SyntheticPopulation County(int children) => SyntheticPopulation.OfCounty(Authority, children, Today);

    private static bool IsVisible(SyntheticChild child, SyntheticPlan plan) =>
        Visibility.IsVisible(
            new Plan("x", plan.Type, plan.Status, plan.Start, plan.End),
            Today,
            child.BirthDate,
            Today
        );
}
