using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Escalation;
using static CpIs.Fhir.Core.Tests.Escalation.EscalationHarness;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>Who reads e-mail when, and which settings are refused.</summary>
public sealed class EmailOptionsTests
{
    private static readonly EmailOptions Good = new() { Host = "smtp.cpis.example", From = "cpis@cpis.example" };

    [Theory]
    [InlineData("08:00", "18:00", "08:00", true)]
    [InlineData("08:00", "18:00", "17:59", true)]
    [InlineData("08:00", "18:00", "18:00", false)]
    [InlineData("08:00", "18:00", "07:59", false)]
    [InlineData("18:00", "08:00", "23:59", true)]
    [InlineData("18:00", "08:00", "00:00", true)]
    [InlineData("18:00", "08:00", "07:59", true)]
    [InlineData("18:00", "08:00", "08:00", false)]
    [InlineData("18:00", "00:00", "00:00", false)]
    [InlineData(null, null, "03:00", true)]
    public void A_span_holds_its_first_minute_not_its_last_and_may_pass_midnight(
        string? from,
        string? until,
        string now,
        bool isOn
    ) => Of(from, until).At(Hareford, TimeOnly.Parse(now)).Should().HaveCount(isOn ? 1 : 0);

    [Theory]
    [InlineData(null, null, "08:00")]
    [InlineData("07:00", "08:01", "08:00")]
    [InlineData("07:00", "08:00", null)]
    [InlineData("09:30", "17:00", "09:30")]
    [InlineData("18:00", "08:00", "18:00")]
    public void The_first_minute_of_a_day_at_which_somebody_reads(string? from, string? until, string? first) =>
        Of(from, until)
            .FirstFrom(Hareford, new TimeOnly(8, 0))
            .Should()
            .Be(first is null ? null : TimeOnly.Parse(first));

    [Fact]
    public void Without_a_host_there_is_none_and_with_one_and_a_sender_it_is_right() =>
        Problems(new EmailOptions()).Concat(Problems(Good)).Concat(Problems(Of("18:00", "08:00"))).Should().BeEmpty();

    [Fact]
    public void Each_wrong_setting_is_named_with_what_to_do()
    {
        Problems(Good with { Host = "" })
            .Should()
            .Equal("Host: Name the SMTP server, or leave out the other settings of Email too.");
        Problems(Good with { Host = "no host" })
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("Host: 'no host' is not a host.");
        Problems(Good with { From = "CP-IS <cpis@cpis.example>" })
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("From: ");
        Problems(Good with { From = "cpis@cpis.example\r\nBcc: x@y.example" }).Should().ContainSingle();
        Problems(Good with { StartTls = false }).Should().ContainSingle().Which.Should().StartWith("StartTls: ");
        Problems(Good with { StartTls = false, Host = "127.0.0.1" }).Should().BeEmpty();
        Problems(Good with { StartTls = false, Host = "::1" }).Should().BeEmpty();
        Problems(Good with { StartTls = false, Host = "localhost" }).Should().BeEmpty();
        Problems(Good with { StartTls = false, Host = "127.0.0.1.example.org" }).Should().ContainSingle();
        Problems(Good with { Port = 465 }).Should().ContainSingle().Which.Should().StartWith("Port: ");
        Problems(Good with { Port = 0 }).Should().ContainSingle().Which.Should().StartWith("Port: ");
        Problems(Good with { User = "cpis" }).Should().ContainSingle().Which.Should().StartWith("PasswordFile: ");
        Problems(Good with { PasswordFile = "/x" }).Should().ContainSingle().Which.Should().StartWith("User: ");
    }

    [Theory]
    [InlineData("xhf01", "duty", "a@b.example", null, null, "Authorities:xhf01: ")]
    [InlineData("XHF01", "", "a@b.example", null, null, "Authorities:XHF01:0:Team: ")]
    [InlineData("XHF01", "a@b.example", "a@b.example", null, null, "Authorities:XHF01:0:Team: ")]
    [InlineData("XHF01", "duty", "Duty", null, null, "Authorities:XHF01:0:Address: ")]
    [InlineData("XHF01", "duty", "a@b.example,c@d.example", null, null, "Authorities:XHF01:0:Address: ")]
    [InlineData("XHF01", "duty", "a@b.example\n", null, null, "Authorities:XHF01:0:Address: ")]
    [InlineData("XHF01", "duty", "a@b.example", "08:00", null, "Authorities:XHF01:0:Until: ")]
    [InlineData("XHF01", "duty", "a@b.example", null, "08:00", "Authorities:XHF01:0:From: ")]
    [InlineData("XHF01", "duty", "a@b.example", "8am", "18:00", "Authorities:XHF01:0:From: '8am' is not a time.")]
    [InlineData("XHF01", "duty", "a@b.example", "08:00", "24:00", "Authorities:XHF01:0:Until: '24:00' is not a time.")]
    [InlineData(
        "XHF01",
        "duty",
        "a@b.example",
        "08:00",
        "08:00",
        "Authorities:XHF01:0:Until: From and Until are the same."
    )]
    public void A_wrong_address_is_named_by_its_place(
        string code,
        string team,
        string address,
        string? from,
        string? until,
        string problem
    ) =>
        Problems(
                With(
                    code,
                    new EmailRecipient
                    {
                        Team = team,
                        Address = address,
                        From = from,
                        Until = until,
                    }
                )
            )
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith(problem);

    [Fact]
    public void No_address_and_too_many_are_refused()
    {
        Problems(With("XHF01")).Should().ContainSingle().Which.Should().StartWith("Authorities:XHF01: Give a list");
        Problems(With("XHF01", [.. Enumerable.Repeat(new EmailRecipient { Team = "a", Address = "a@b.example" }, 21)]))
            .Should()
            .ContainSingle();
    }

    [Fact]
    public void What_is_logged_of_settings_and_mail_holds_no_address()
    {
        var options = With("XHF01", new EmailRecipient { Team = "duty", Address = "secret@b.example" });
        var all = $"{options} {options.Authorities["XHF01"][0]} {new Mail("secret@b.example", "s", "t")}";
        all.Should().NotContain("secret").And.NotContain("cpis@");
    }

    private static EmailOptions Of(string? from, string? until) =>
        With(
            "XHF01",
            new EmailRecipient
            {
                Team = "duty",
                Address = "duty@hareford.example",
                From = from,
                Until = until,
            }
        );

    private static EmailOptions With(string code, params EmailRecipient[] recipients) =>
        Good with
        {
            Authorities = new Dictionary<string, IReadOnlyList<EmailRecipient>> { [code] = recipients },
        };

    private static List<string> Problems(EmailOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        return [.. problems.Select(problem => $"{problem.MemberNames.Single()}: {problem.ErrorMessage}")];
    }
}
