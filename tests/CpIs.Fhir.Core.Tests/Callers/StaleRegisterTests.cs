using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Tests.Callers;

/// <summary>When the register of an authority is out of date: two expected uploads missed, in London days, 48 hours at the earliest.</summary>
public sealed class StaleRegisterTests
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    [Theory]
    // Wednesday: Thursday and Friday are missed when Friday is over.
    [InlineData("daily", "2026-06-10", "2026-06-12T23:00:00Z")]
    [InlineData("weekdays", "2026-06-10", "2026-06-12T23:00:00Z")]
    // Friday: Monday and Tuesday.
    [InlineData("weekdays", "2026-06-12", "2026-06-16T23:00:00Z")]
    // What came on a Sunday of its own accord.
    [InlineData("weekdays", "2026-06-14", "2026-06-16T23:00:00Z")]
    [InlineData("mon,thu", "2026-06-11", "2026-06-18T23:00:00Z")]
    [InlineData("sun", "2026-06-14", "2026-06-28T23:00:00Z")]
    // Clocks go forward on 29 March: two London days are 47 hours, and 48 hours must have passed.
    [InlineData("daily", "2026-03-28", "2026-03-31T00:00:00Z")]
    [InlineData("daily", "2026-03-27", "2026-03-30T00:00:00Z")]
    // Clocks go back on 25 October: two London days are 49 hours, and the second is over after them.
    [InlineData("daily", "2026-10-24", "2026-10-27T00:00:00Z")]
    [InlineData("daily", "2026-10-23", "2026-10-26T00:00:00Z")]
    public void A_register_is_stale_when_its_second_expected_day_is_over(string calendar, string last, string from)
    {
        var register = new AuthorityRegister
        {
            Authority = Authority,
            FirstSeen = DateTimeOffset.UnixEpoch,
            LastUpload = DateOnly.Parse(last, CultureInfo.InvariantCulture),
        };

        register.StaleFrom(Calendar(calendar)).Should().Be(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture));
        (register.StaleFrom(Calendar(calendar)) - LondonCalendar.StartOf(register.LastUpload.Value.AddDays(1)))
            .Should()
            .BeGreaterThanOrEqualTo(AuthorityRegister.Earliest);
    }

    [Fact]
    public void An_authority_that_never_uploaded_is_stale_48_hours_after_it_was_registered()
    {
        var seen = new DateTimeOffset(2026, 6, 12, 15, 0, 0, TimeSpan.Zero);
        var register = new AuthorityRegister { Authority = Authority, FirstSeen = seen };

        register.StaleFrom(UploadCalendar.Default).Should().Be(seen.AddHours(48));
        register.StaleFrom(Calendar("none")).Should().BeNull();
        register.Since().Should().Be(new DateOnly(2026, 6, 12));
    }

    [Theory]
    [InlineData("daily")]
    [InlineData("weekdays")]
    [InlineData("none")]
    [InlineData("mon")]
    [InlineData("tue,thu,sun")]
    public void A_calendar_reads_what_it_writes(string text) => Calendar(text).ToString().Should().Be(text);

    [Theory]
    [InlineData("mon,tue,wed,thu,fri", "weekdays")]
    [InlineData("sun,mon", "mon,sun")]
    public void Days_are_written_in_one_way(string sent, string written) =>
        Calendar(sent).ToString().Should().Be(written);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Daily")]
    [InlineData("mon, tue")]
    [InlineData("mon,mon")]
    [InlineData("monday")]
    public void Anything_else_is_no_calendar(string? text) => UploadCalendar.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Suspended_and_not_uploading_authorities_are_named_by_no_answer_and_the_others_by_name()
    {
        var now = new DateTimeOffset(2026, 6, 15, 9, 0, 0, TimeSpan.Zero);
        Organisation[] authorities =
        [
            Named("XAA01", "Zedshire"),
            Named("XAA02", "Adeshire"),
            Named("XAA03", "Suspended") with
            {
                Suspended = true,
            },
            Named("XAA04", "Not uploading") with
            {
                Uploads = Calendar("none"),
            },
            Named("XAA05", "New") with
            {
                Uploads = Calendar("daily"),
            },
        ];
        var registers = authorities
            .Select(authority => new AuthorityRegister
            {
                Authority = authority.Code,
                FirstSeen = now.AddDays(-30),
                LastUpload = new DateOnly(2026, 6, authority.Name == "New" ? 14 : 1),
            })
            .ToList();
        var directory = new OrganisationDirectory(1, authorities, [], registers: registers);

        directory.StaleAt(now).Select(stale => stale.Name).Should().Equal("Adeshire", "Zedshire");
        directory.StaleAt(now.AddDays(-14)).Should().BeEmpty();
    }

    private static Organisation Named(string code, string name) =>
        new()
        {
            Code = OdsCode.Parse(code),
            Name = name,
            Kind = CallerKind.Authority,
        };

    private static UploadCalendar Calendar(string text)
    {
        UploadCalendar.TryParse(text, out var calendar).Should().BeTrue(text);
        return calendar;
    }
}
