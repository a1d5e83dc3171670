using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Quality;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Data-quality reports upon a real store: made from what is held, kept, found by authority and day, removed after 30 days.</summary>
public abstract class QualityContract : StoreContract
{
    private static readonly OdsCode Other = OdsCode.Parse("XBR02");

    private QualityReports Reports => new(Records);

    private DateOnly Today => LondonCalendar.DayOf(Time.GetUtcNow());

    [Fact]
    public async Task A_report_is_made_from_what_is_held_and_is_there_for_thirty_days()
    {
        var ids = new IdGenerator(Time);
        for (var n = 1; n <= 5; n++)
            foreach (var authority in new[] { Make.Herts, Other })
                await SaveAsync(Child(authority, n, ids));

        (await RunAsync()).Should().Be(2);
        await Store.ReopenAsync();

        var first = Today;
        foreach (var authority in new[] { Make.Herts, Other })
        {
            var report = (await Reports.ReadAsync(authority, first, Cancellation))!;
            (report.Children, report.OpenPlans).Should().Be((5, 5));
            report
                .Of(QualityMeasure.Disagreement)
                .Lines.Select(line => line.PlanId)
                .Should()
                .BeEquivalentTo(["P1", "P3", "P5"]);
        }

        (await RunAsync()).Should().BeNull("it was made today");
        for (var day = 0; day < 31; day++)
        {
            Time.Advance(TimeSpan.FromDays(1));
            (await RunAsync()).Should().Be(2);
        }

        (await Reports.ReadAsync(Make.Herts, first, Cancellation)).Should().BeNull();
        (await Reports.ReadNewestAsync(Make.Herts, Today.AddDays(20), Cancellation))!.Day.Should().Be(Today);
        (await Reports.ReadAllAsync(Today, Cancellation)).Should().HaveCount(2);
        (await Reports.ReadAllAsync(first.AddDays(2), Cancellation)).Should().HaveCount(2);
    }

    /// <summary>A child of both; of every second the two disagree.</summary>
    private Core.Records.StoredResource[] Child(OdsCode authority, int n, IdGenerator ids)
    {
        using var upload = new FirstUpload(authority, null);
        var born = new DateOnly(2019, 4, authority == Other && n % 2 == 1 ? 2 : 1);
        var plan = new KnownPlan(
            $"P{n}",
            PlanTypes.ChildProtectionPlan,
            PlanStatus.Active,
            new DateOnly(2026, 1, 5),
            null
        );
        var child = new KnownChild(Make.Child(n), null, "Fernwood", ["Robin"], born, [plan]);
        return [.. upload.ResourcesOf(child, Time.GetUtcNow(), ids.Next)];
    }

    private Task<int?> RunAsync() =>
        new QualityRun(
            Records,
            Store.DailyFiles,
            new Both(),
            new ServerLeases(Store.Leases, new IdGenerator(Time), Time),
            new RetentionPace(3, TimeSpan.Zero),
            new IdGenerator(Time),
            Time
        ).RunAsync(Cancellation);

    private sealed class Both : IOrganisationDirectory
    {
        public OrganisationDirectory Current { get; } = new(1, [Of(Make.Herts), Of(Other)], []);

        private static Organisation Of(OdsCode code) =>
            new()
            {
                Code = code,
                Name = $"Authority {code}",
                Kind = CallerKind.Authority,
            };
    }
}
