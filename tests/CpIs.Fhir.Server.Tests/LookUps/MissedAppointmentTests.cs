using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>A setting reports a missed appointment: admitted and recorded as a look-up is, and it shows nothing (promises 1, 8 and 14).</summary>
public sealed class MissedAppointmentTests(WatchedExchange exchange) : IClassFixture<WatchedExchange>, IDisposable
{
    private const string Path = "Patient/$missed-appointment";

    public void Dispose() => exchange.Watch.Forget();

    [Fact]
    public async Task Hit_and_miss_are_answered_by_the_same_bytes_after_the_same_steps()
    {
        var child = await HeldAsync();
        var setting = await exchange.AsAsync("hareford-ed");
        var told = new List<(Answer Answer, string Steps)>();
        foreach (var number in new[] { child, exchange.NewNumber() })
        {
            exchange.Watch.Forget();
            var answer = await setting.PostAsync(Path, Report(number));
            // Those of the engine, which goes on by itself, are not the report's.
            var steps = exchange.Watch.Calls.Where(call =>
                call is "ReadChildAsync" or "ReadHistoryAsync" or "RecordAsync"
            );
            told.Add((answer, string.Join(' ', steps)));
        }

        told.Select(each => each.Answer.Status).Should().Equal(202, 202);
        told[0].Answer.Text.Should().Be(told[1].Answer.Text);
        told[0].Answer.Text.Should().NotContain(child.Digits).And.Contain("does not say whether one does");
        told.Select(each => each.Steps).Should().Equal("ReadChildAsync RecordAsync", "ReadChildAsync RecordAsync");
        (await exchange.OccurrenceOfAsync(told[0].Answer)).Obligations.Should().ContainSingle();
        (await exchange.OccurrenceOfAsync(told[1].Answer)).Obligations.Should().BeEmpty();
    }

    [Theory]
    [InlineData("ReadChildAsync")]
    [InlineData("RecordAsync")]
    public async Task Nothing_is_answered_before_the_report_is_durable(string step)
    {
        var child = await HeldAsync();
        exchange.Watch.Fails = name => name == step;

        var answer = await (await exchange.AsAsync("hareford-ed")).PostAsync(Path, Report(child));

        answer.Status.Should().Be(503);
        answer.Text.Should().Contain("WE COULD NOT CHECK").And.NotContain("Recorded");
    }

    [Fact]
    public async Task The_authority_reads_the_child_the_plan_the_setting_with_its_phone_and_when()
    {
        await RegisterAsync("XED01", "emergency-department", "unscheduled");
        var child = await HeldAsync();
        var appointment = exchange.Clock.GetUtcNow().AddHours(-2);

        var reported = await (await exchange.AsAsync("hareford-ed")).PostAsync(Path, Report(child, appointment));

        var id = (await exchange.OccurrenceOfAsync(reported)).Id;
        var seen = await (await exchange.AsAsync("authority-xhf01")).GetAsync($"AuditEvent/{id}");
        seen.Status.Should().Be(200, seen.Text);
        seen.Text.Should()
            .Contain(child.Digits)
            .And.Contain("EpisodeOfCare/")
            .And.Contain("missed-appointment")
            .And.Contain("01632 960200")
            .And.Contain("XED01");
        seen.Json.GetProperty("period")
            .GetProperty("start")
            .GetDateTimeOffset()
            .Should()
            .BeCloseTo(appointment, TimeSpan.FromMilliseconds(1));
        (await (await exchange.AsAsync("authority-xst05")).GetAsync($"AuditEvent/{id}")).Status.Should().Be(404);
        var list = await (await exchange.AsAsync("authority-xhf01")).GetAsync("$worklist");
        list.Text.Should().Contain("missed-appointment").And.Contain(child.Digits).And.Contain("01632 960200");
    }

    [Fact]
    public async Task It_enters_no_history_and_opens_and_prolongs_no_attendance()
    {
        var child = await HeldAsync();
        var setting = await exchange.AsAsync("hareford-ed");
        await setting.PostAsync(Path, Report(child));

        var first = await setting.LookUpAsync(child);
        first.Entries("AuditEvent", "include").Should().ContainSingle("the look-up itself");
        (await exchange.OccurrenceOfAsync(first))
            .Obligations.Should()
            .ContainSingle("the child is here now, whatever it missed before");
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddHours(3));
        await (await exchange.SignInAsync("hareford-ed", User("B0107"))).PostAsync(Path, Report(child));
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddHours(2));
        var later = await (await exchange.SignInAsync("hareford-ed", User("B0107"))).LookUpAsync(child);
        (await exchange.OccurrenceOfAsync(later))
            .Obligations.Should()
            .ContainSingle("five hours later is another visit");
    }

    [Fact]
    public async Task Sent_again_under_its_request_id_it_is_told_once()
    {
        var child = await HeldAsync();
        var setting = await exchange.AsAsync("hareford-ed");
        var (report, id) = (Report(child), ("X-Request-ID", Guid.NewGuid().ToString()));

        var answers = new[] { await setting.PostAsync(Path, report, id), await setting.PostAsync(Path, report, id) };

        answers.Select(answer => answer.Text).Distinct().Should().ContainSingle();
        (await exchange.OccurrenceOfAsync(answers[0])).Obligations.Should().ContainSingle();
    }

    [Theory]
    [InlineData("""{"name":"appointment","valueDateTime":"2026-06-01T09:00:00+01:00"}""", "nhsNumber")]
    [InlineData("""NUMBER""", "appointment")]
    [InlineData("""NUMBER,{"name":"appointment","valueDateTime":"2026-06-01"}""", "appointment")]
    [InlineData("""NUMBER,{"name":"appointment","valueDateTime":"2026-06-01T09:00:00"}""", "appointment")]
    [InlineData("""NUMBER,{"name":"appointment","valueDateTime":"2036-06-01T09:00:00Z"}""", "appointment")]
    [InlineData("""NUMBER,WHEN,{"name":"tell","valueString":"yes"}""", "tell")]
    [InlineData("""NUMBER,WHEN,{"name":"note","valueString":"did not come again"}""", "note")]
    [InlineData("""NUMBER,NUMBER,WHEN""", "nhsNumber")]
    public async Task What_is_wrong_with_a_report_is_named_recorded_and_told_to_nobody(string parameters, string place)
    {
        var child = await HeldAsync();
        var body = parameters
            .Replace("NUMBER", Number(child), StringComparison.Ordinal)
            .Replace("WHEN", When(exchange.Clock.GetUtcNow().AddHours(-1)), StringComparison.Ordinal);

        var answer = await (await exchange.AsAsync("hareford-ed")).PostAsync(Path, Parameters(body));

        answer.Status.Should().Be(400, answer.Text);
        answer.Issue.Expression.Should().Be(place);
        var refused = await exchange.OccurrenceOfAsync(answer);
        (refused.Kind, refused.Outcome).Should().Be((OccurrenceKind.MissedAppointment, AccessOutcome.Refused));
        refused.Obligations.Should().BeEmpty();
    }

    [Theory]
    [InlineData("hareford-ed", "", null, 403)]
    [InlineData("gp-hareford", "B0107", null, 403)]
    [InlineData("hareford-ed", "B0107", "false", 403)]
    [InlineData("gp-hareford", "B0170", "true", 403)]
    [InlineData("hareford-ed", "B0107", "perhaps", 400)]
    public async Task Person_and_mode_are_refused_as_of_a_look_up_whether_or_not_a_plan_is_held(
        string client,
        string activity,
        string? header,
        int status
    )
    {
        (string, string)[] headers = header is null ? [] : [("IsUnscheduledAccessEvent", header)];
        var setting = await exchange.SignInAsync(client, User(activity));
        var child = await HeldAsync();

        var hit = await setting.PostAsync(Path, Report(child), headers);
        var miss = await setting.PostAsync(Path, Report(exchange.NewNumber()), headers);
        var lookUp = await setting.LookUpAsync(child, headers);

        hit.Status.Should().Be(status, hit.Text);
        hit.Text.Should().Be(miss.Text).And.Be(lookUp.Text);
    }

    [Fact]
    public async Task Nobody_but_a_person_of_a_setting_reports()
    {
        var report = Report(exchange.NewNumber());

        (await (await exchange.SignInAsync("hareford-ed", null)).PostAsync(Path, report)).Status.Should().Be(403);
        (await (await exchange.AsAsync("authority-xhf01")).PostAsync(Path, report)).Status.Should().Be(403);
        (await exchange.Anonymous.PostAsync(Path, report)).Status.Should().Be(401);
        (await (await exchange.AsAsync("hareford-ed")).GetAsync(Path)).Status.Should().Be(405);
    }

    [Theory]
    [InlineData("maternity", "B0107", null, null, true)]
    [InlineData("maternity", "B0107", null, "true", true)]
    [InlineData("maternity", "B0107", null, "false", false)]
    [InlineData("maternity", "B0170", null, null, false)]
    [InlineData("sarc", "B0107", null, null, false)]
    [InlineData("camhs", "B0107", null, null, false)]
    [InlineData("termination-of-pregnancy", "B0107", "false", null, false)]
    [InlineData("sexual-health", "B0107 B0170", null, null, false)]
    [InlineData("sexual-health", "B0107", null, "false", false)]
    [InlineData("sexual-health", "B0107", null, "true", true)]
    [InlineData("sexual-health", "B0107 B0170", null, "true", true)]
    [InlineData("sexual-health", "B0170", null, null, false)]
    [InlineData("sexual-health", "B0170", null, "true", null)]
    [InlineData("maternity", "B0170", null, "true", null)]
    public async Task A_sensitive_setting_stays_silent_unless_a_person_says_otherwise_for_this_child(
        string kind,
        string activities,
        string? header,
        string? tell,
        bool? isTold
    )
    {
        await RegisterAsync("XMA06", kind, "unscheduled", "scheduled");
        var child = await HeldAsync();
        var setting = await exchange.SignInAsync("maternity-hareford", User(activities.Split(' ')));
        (string, string)[] headers = header is null ? [] : [("IsUnscheduledAccessEvent", header)];
        var more = tell is null ? "" : $$""",{"name":"tell","valueBoolean":{{tell}}}""";

        var answer = await setting.PostAsync(Path, Report(child, more: more), headers);

        answer.Status.Should().Be(isTold is null ? 403 : 202, answer.Text);
        var occurrence = await exchange.OccurrenceOfAsync(answer);
        occurrence.Obligations.Should().HaveCount(isTold == true ? 1 : 0);
        if (isTold != true)
            await ShouldBeSeenByNobodyAsync(occurrence);
        if (isTold is { } told)
            answer.Text.Should().Contain(told ? "is being told" : "No authority is told");
    }

    private async Task ShouldBeSeenByNobodyAsync(Occurrence silent)
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        (await authority.GetAsync($"AuditEvent/{silent.Id}")).Status.Should().Be(404);
        (await authority.GetAsync($"AuditEvent?_id={silent.Id}")).Total.Should().Be(0);
        (await authority.GetAsync("$worklist?state=untold,told,taken&since=2026-06-01"))
            .Text.Should()
            .NotContain(silent.Id)
            .And.NotContain(silent.Child!.Value.Digits);
    }

    private async Task<NhsNumber> HeldAsync()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        return child.NhsNumber;
    }

    private async Task RegisterAsync(string ods, string kind, params string[] rights)
    {
        var form = new
        {
            name = $"{ods} (synthetic)",
            kind = "setting",
            settingKind = kind,
            officePhone = "01632 960200",
            modeRights = rights,
        };
        var answer = await (await exchange.AsAsync("operator")).SendAsync(
            HttpMethod.Put,
            $"/admin/organisations/{ods}",
            new StringContent(
                JsonSerializer.Serialize(form),
                new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")
            )
        );
        answer.Status.Should().Be(200, answer.Text);
        foreach (var directory in exchange.Each<DirectorySource>())
            await directory.RefreshAsync(TestContext.Current.CancellationToken);
    }

    private static ClientUser User(params string[] activities) =>
        RunningExchange.Client("hareford-ed").User! with
        {
            Activities = [.. activities.Where(activity => activity.Length > 0)],
        };

    private string Report(NhsNumber child, DateTimeOffset? appointment = null, string more = "") =>
        Parameters($"{Number(child)},{When(appointment ?? exchange.Clock.GetUtcNow().AddHours(-1))}{more}");

    private static string Parameters(string parameters) =>
        $$"""{"resourceType":"Parameters","parameter":[{{parameters}}]}""";

    private static string Number(NhsNumber child) =>
        $$$"""{"name":"nhsNumber","valueIdentifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{{child.Digits}}}"}}""";

    private static string When(DateTimeOffset appointment) =>
        $$"""{"name":"appointment","valueDateTime":"{{appointment.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)}}"}""";
}
