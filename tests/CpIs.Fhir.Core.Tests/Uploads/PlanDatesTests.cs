using System.Text.Json.Nodes;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>The rules of dates at their edges. Today is 23 November 2026 in London.</summary>
public sealed class PlanDatesTests
{
    private const string Cpp = "342191000000101";
    private const string Unborn = "818901000000100";

    [Theory]
    [InlineData(Cpp, "active", "2026-11-23", null, true)]
    [InlineData(Cpp, "active", "2026-10-05", "2026-11-23", true)] // ends today: still active
    [InlineData(Cpp, "active", "2026-10-05", "2026-11-22", false)]
    [InlineData(Cpp, "active", "2026-10-05", "2027-05-01", true)]
    [InlineData(Cpp, "active", "2027-02-21", null, true)] // 90 days ahead
    [InlineData(Cpp, "active", "2027-02-22", null, false)]
    [InlineData(Cpp, "finished", "2026-10-05", "2026-11-23", true)]
    [InlineData(Cpp, "finished", "2026-10-05", "2026-10-05", true)]
    [InlineData(Cpp, "finished", "2026-10-05", "2026-10-04", false)]
    [InlineData(Cpp, "finished", "2026-10-05", "2026-11-24", false)]
    [InlineData(Cpp, "finished", "2019-10-05", "2020-10-05", true)] // long ended: taken, no more shown
    [InlineData(Unborn, "active", "2026-10-05", "2026-11-01", true)] // overdue
    [InlineData(Unborn, "active", "2026-10-05", null, false)]
    [InlineData(Unborn, "finished", "2026-10-05", "2026-11-23", true)] // ended today, before the due date
    [InlineData(Unborn, "finished", "2026-10-05", "2027-03-01", false)] // that is the due date
    [InlineData(Unborn, "finished", "2026-10-05", null, false)]
    [InlineData(Cpp, "entered-in-error", "2026-10-05", "2026-10-01", true)] // what was wrong can always be withdrawn
    [InlineData(Unborn, "entered-in-error", "2026-10-05", null, true)]
    [InlineData(Cpp, "active", "2026-11-23T23:30:00Z", null, true)]
    // 23:30 UTC on 30 June is 1 July in London: an end on "30 June" local is before it.
    [InlineData(Cpp, "finished", "2026-06-30T23:30:00Z", "2026-06-30", false)]
    [InlineData(Cpp, "finished", "2026-06-30T22:30:00Z", "2026-06-30", true)]
    public async Task A_period_is_taken_or_refused_in_London_days(
        string code,
        string status,
        string start,
        string? end,
        bool taken
    )
    {
        await using var harness = await UploadHarness.OpenAsync();
        var period = new JsonObject { ["start"] = start };
        if (end is not null)
            period["end"] = end;

        var result = await harness.SendAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Episode(code: code).With("resource.status", status).With("resource.period", period)
            )
        );

        (result.Refusal is null).Should().Be(taken, because: result.Refusal?.Issues[0].Diagnostics);
    }

    [Fact]
    public async Task Today_is_the_day_in_London_not_in_UTC()
    {
        await using var harness = await UploadHarness.OpenAsync();
        // 30 June 2027, 23:30 UTC: in London it is 1 July already, and a plan that ended on 30 June has ended.
        harness.Clock.SetUtcNow(new DateTimeOffset(2027, 6, 30, 23, 30, 0, TimeSpan.Zero));
        var bundle = Sample.Child();
        bundle["entry"]![1]!["resource"]!["period"]!["end"] = "2027-06-30";

        (await harness.RefuseAsync(bundle)).Issues.Single().Rule.Should().Be("cpis-plan-active-end");
    }
}
