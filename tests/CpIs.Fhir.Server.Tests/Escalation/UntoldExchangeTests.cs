using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Server.Escalation;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Escalation;

/// <summary>The whole server with a clock of ours and a real SMTP server: what is untold is seen in the log, and people are reminded.</summary>
[Trait("OneServer", "its own file and clock")]
public sealed class UntoldExchangeTests : IAsyncDisposable
{
    private const string Number = "9990000018";

    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-untold-").FullName;
    private readonly CollectedLogs _logs = new();
    private WebApplication? _app;

    // Ten to eight in London.
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 10, 6, 50, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_untold_notice_is_an_alarm_and_an_e_mail_and_the_morning_is_summed_up_and_neither_names_anybody()
    {
        await using var post = await MailServer.StartAsync();
        await StartAsync(
            $$"""
            { "Demo": { "Seed": false },
              "Email": { "Host": "127.0.0.1", "Port": {{post.Port}}, "StartTls": false, "From": "cpis@cpis.example",
                "Authorities": { "XHF01": [ { "Team": "duty", "Address": "who@hareford.example" } ] } } }
            """
        );
        var access = await LookUpAsync();

        await UntilAsync(() => post.Mails.Count >= 2);

        post.Mails.Should().OnlyContain(mail => mail.To == "who@hareford.example");
        var texts = string.Join('\n', post.Mails.Select(mail => mail.Text));
        texts.Should().Contain("Yesterday no notices. If your work-list shows any, tell us.");
        texts.Should().Contain("Sign in to your work-list. This message holds no names.");
        texts.Should().NotContain(Number).And.NotContain("emergency department").And.NotContain("Dr Test");
        await UntilAsync(() => Lines("ALARM for the operator").Any());
        var reference = NoticeReference.Of(OdsCode.Parse("XHF01"), access);
        Lines("ALARM authority XHF01: untold notices 1, the oldest for ")
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("Error")
            .And.Contain($"(reference {reference})");
        Lines("ALARM for the operator: authority XHF01")
            .Single()
            .Should()
            .MatchRegex(@"Phone its duty team: [0-9 ]{6,}");
        await UntilAsync(() => Lines("sent to team duty of XHF01").Count() >= 2);
        _logs.Text.Should().NotContain(Number).And.NotContain("who@");
    }

    [Fact]
    public async Task An_SMTP_server_that_is_away_is_an_alarm_and_disturbs_no_other()
    {
        await StartAsync(
            """
            { "Demo": { "Seed": false },
              "Email": { "Host": "127.0.0.1", "Port": 1, "StartTls": false, "From": "cpis@cpis.example",
                "Authorities": { "XHF01": [ { "Team": "duty", "Address": "who@hareford.example" } ] } } }
            """
        );
        await LookUpAsync();

        await UntilAsync(() => Lines("ALARM e-mail cannot be sent, 3 attempts in a row failed").Any());

        await UntilAsync(() => Lines("ALARM authority XHF01").Any());
        _logs.Text.Should().NotContain("who@");
    }

    [Fact]
    public async Task Without_an_SMTP_server_there_are_the_watches_and_changes_of_place_alone()
    {
        await StartAsync("""{ "Demo": { "Seed": false } }""");

        _app!.Services.GetServices<IHostedService>().OfType<MinuteService>().Should().HaveCount(3);
    }

    private IEnumerable<string> Lines(string text) =>
        _logs.Lines.Where(line => line.Contains(text, StringComparison.Ordinal));

    private async Task StartAsync(string settings)
    {
        var file = Path.Combine(_folder, "fhir.config.json");
        await File.WriteAllTextAsync(file, settings, Stop);
        _app = await ExchangeHost.BuildAsync(
            new StartupArguments(true, false, "http://127.0.0.1:0", Path.Combine(_folder, "data"), file),
            _time,
            builder => builder.Logging.ClearProviders().AddProvider(_logs),
            Stop
        );
        await _app.StartAsync(Stop);
    }

    /// <summary>A look-up of an hour ago, of which nobody was told.</summary>
    private async Task<string> LookUpAsync()
    {
        var authority = OdsCode.Parse("XHF01");
        var plan = new ShownPlan(authority, PlanTypes.ChildProtectionPlan, "e1", 1, "f1", 1);
        var id = Guid.NewGuid().ToString();
        await _app!
            .Services.GetRequiredService<IOccurrenceStore>()
            .RecordAsync(
                new Occurrence
                {
                    Id = id,
                    Kind = OccurrenceKind.Access,
                    Time = _time.GetUtcNow().AddMinutes(-66),
                    ClientId = "ed",
                    Organisation = OdsCode.Parse("XED01"),
                    OrganisationName = "An emergency department",
                    CallerKind = CallerKind.Setting,
                    Person = new Person("555000000001", null, "R8000", "Clinician", "Dr Test"),
                    Interaction = "Flag",
                    Child = NhsNumber.Parse(Number),
                    Mode = LookUpMode.Unscheduled,
                    Outcome = AccessOutcome.Shown,
                    RequestId = Guid.NewGuid().ToString(),
                    Shown = [plan],
                    Obligations = [new Obligation(authority, [plan])],
                },
                Stop
            );
        return id;
    }

    /// <summary>
    /// Lets minutes pass until it is so, a second of ours for each: time limits are told by the same clock, and what is under way must not
    /// meet a minute.
    /// </summary>
    private Task UntilAsync(Func<bool> condition)
    {
        var looks = 0;
        return Eventually.TrueAsync(() =>
        {
            if (looks++ % 50 == 49)
                _time.Advance(TimeSpan.FromMinutes(1));
            return condition();
        });
    }
}
