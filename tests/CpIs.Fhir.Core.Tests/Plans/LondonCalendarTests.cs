using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Tests.Plans;

public sealed class LondonCalendarTests
{
    [Theory]
    [InlineData("2026-01-05T03:00:00Z", "2026-01-05 03:00 GMT")]
    [InlineData("2026-06-30T23:30:00Z", "2026-07-01 00:30 BST")]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-25 01:30 BST")] // the hour that comes twice
    [InlineData("2026-10-25T01:30:00Z", "2026-10-25 01:30 GMT")]
    public void An_instant_reads_as_London_time_with_its_letters(string instant, string read) =>
        LondonCalendar.Read(DateTimeOffset.Parse(instant)).Should().Be(read);
}
