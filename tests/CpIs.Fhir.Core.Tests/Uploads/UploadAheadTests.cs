namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>A <c>Bundle.timestamp</c> ahead of our clock would freeze the register: it is refused, with an alarm.</summary>
public sealed class UploadAheadTests
{
    [Theory]
    [InlineData(10, true)]
    [InlineData(10.02, false)]
    public async Task A_time_more_than_ten_minutes_ahead_is_refused_and_raises_an_alarm(double minutes, bool taken)
    {
        await using var harness = await UploadHarness.OpenAsync();

        var result = await harness.SendAsync(Sample.Child().At(UploadHarness.Noon.AddMinutes(minutes)));

        (result.Refusal is null).Should().Be(taken);
        harness.Alarms.Ahead.Should().HaveCount(taken ? 0 : 1);
        if (!taken)
            result
                .Refusal!.Issues.Single()
                .Should()
                .Match<Issue>(i => i.Rule == "cpis-upload-timestamp-ahead" && i.Expression == "Bundle.timestamp");
    }

    [Fact]
    public async Task A_time_ahead_is_told_with_everything_else_that_is_wrong()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var bundle = Sample.Bundle(Sample.Patient().With("resource.gender", "other"), Sample.Episode());

        var refusal = await harness.RefuseAsync(bundle.At(UploadHarness.Noon.AddHours(1)));

        refusal.Issues.Select(i => i.Rule).Should().Equal("cpis-upload-timestamp-ahead", "fhir-prohibited");
    }

    [Fact]
    public async Task A_time_after_the_last_instant_of_dotnet_is_ahead()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var bundle = Sample.Child();
        bundle["timestamp"] = "9999-12-31T23:59:59-14:00";

        (await harness.RefuseAsync(bundle)).Issues.Single().Rule.Should().Be("cpis-upload-timestamp-ahead");
    }
}
