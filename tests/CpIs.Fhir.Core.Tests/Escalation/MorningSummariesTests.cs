using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;
using static CpIs.Fhir.Core.Tests.Escalation.EscalationHarness;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>At 08:00 London each authority with e-mail is told what became of yesterday's notices, in numbers, once.</summary>
public sealed class MorningSummariesTests : IAsyncLifetime
{
    private const string Lead = "lead@hareford.example";
    private const string Hook = "https://hooks.example.org/cpis";

    private readonly SentMail _post = new();
    private EscalationHarness _house = null!;
    private MorningSummaries _summaries = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await OpenAsync();
        _summaries = NewServer(Always(Lead));
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Yesterday_in_numbers_with_the_system_that_should_show_them()
    {
        var taken = new List<string>();
        await _house.SubscribeAsync(Hook);
        for (var i = 0; i < 6; i++)
            taken.Add(await _house.LookUpAsync(Hareford));
        await _house.DeliverAsync();
        await _house.LookUpAsync(Hareford);
        _house.Clock.Advance(TimeSpan.FromMinutes(5));
        await _house.TakeAsync([.. taken.Take(5)]);

        (await AtAsync("2026-06-11", 7, 59)).Should().BeEmpty();
        (await AtAsync("2026-06-11", 8, 0))
            .Should()
            .Equal(
                $"{Lead}: Yesterday 7 notices: 6 delivered to hooks.example.org, 5 taken by a person, 1 waiting. "
                    + "If hooks.example.org shows fewer, tell us."
            );
        (await AtAsync("2026-06-11", 8, 1)).Should().BeEmpty();
        (await AtAsync("2026-06-12", 8, 0))
            .Should()
            .Equal($"{Lead}: Yesterday no notices. If hooks.example.org shows any, tell us.");
    }

    [Fact]
    public async Task Yesterday_is_a_London_day_also_when_the_clocks_go_back()
    {
        // 25 October 2026 has 25 hours in London.
        foreach (var hour in new[] { -1, 0, 24, 25 })
        {
            _house.Clock.SetUtcNow(LondonCalendar.StartOf(new DateOnly(2026, 10, 25)).AddHours(hour));
            await _house.LookUpAsync(Hareford);
        }

        (await AtAsync("2026-10-26", 8, 0)).Should().ContainSingle().Which.Should().Contain("Yesterday 2 notices: ");
    }

    [Fact]
    public async Task More_notices_than_one_page_holds_are_all_counted()
    {
        for (var i = 0; i < 205; i++)
            await _house.LookUpAsync(Hareford);

        (await AtAsync("2026-06-11", 8, 0))
            .Should()
            .Equal(
                $"{Lead}: Yesterday 205 notices: 0 delivered, 0 taken by a person, 205 waiting. If your work-list shows fewer, tell us."
            );
    }

    [Fact]
    public async Task From_an_inbox_a_notice_is_delivered_when_a_person_takes_it()
    {
        await _house.SubscribeAsync("");
        await _house.TakeAsync(await _house.LookUpAsync(Hareford));
        await _house.LookUpAsync(Hareford);

        (await AtAsync("2026-06-11", 8, 0))
            .Should()
            .Equal(
                $"{Lead}: Yesterday 2 notices: 1 delivered to your inbox, 1 taken by a person, 1 waiting. If your inbox shows fewer, tell us."
            );
    }

    [Fact]
    public async Task Of_several_systems_the_place_of_action_is_named()
    {
        await _house.SubscribeAsync("https://off.example.org/cpis", SubscriptionStatus.Off);
        await _house.SubscribeAsync("https://b.example.org/cpis");
        await _house.SubscribeAsync("https://a.example.org/cpis");
        await _house.LookUpAsync(Hareford);

        (await AtAsync("2026-06-11", 8, 0))
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("1 notice: 0 delivered to b.example.org, ")
            .And.EndWith("If b.example.org shows fewer, tell us.");
    }

    [Fact]
    public async Task A_restart_or_another_server_repeats_nothing_and_a_server_that_comes_late_sends_it_late()
    {
        (await AtAsync("2026-06-11", 11, 30)).Should().ContainSingle();
        _summaries = NewServer(Always(Lead));

        foreach (var minute in Enumerable.Range(31, 20))
            (await AtAsync("2026-06-11", 11, minute)).Should().BeEmpty();
        (await AtAsync("2026-06-11", 23, 59)).Should().BeEmpty();
        (await AtAsync("2026-06-12", 0, 0)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_fails_is_tried_again_and_comes_once()
    {
        _post.Result = _ => MailResult.Unreachable;
        (await AtAsync("2026-06-11", 8, 0)).Should().BeEmpty();
        _post.Result = _ => MailResult.Sent;
        (await AtAsync("2026-06-11", 8, 1)).Should().ContainSingle();
        (await AtAsync("2026-06-11", 8, 2)).Should().BeEmpty();
    }

    [Fact]
    public async Task Who_reads_nothing_at_eight_has_it_when_somebody_first_does_and_no_later_team_has_it_again()
    {
        _summaries = NewServer([Of("office", "09:00", "17:00"), Of("evening", "17:00", "23:00")]);

        (await AtAsync("2026-06-11", 8, 0)).Should().BeEmpty();
        (await AtAsync("2026-06-11", 9, 0)).Should().ContainSingle(line => line.StartsWith("office@"));
        (await AtAsync("2026-06-11", 17, 0)).Should().BeEmpty();
        (await AtAsync("2026-06-12", 18, 0))
            .Should()
            .ContainSingle("the addresses are those of 09:00")
            .Which.Should()
            .StartWith("office@");
    }

    [Fact]
    public async Task What_the_file_of_the_night_said_otherwise_than_a_form_is_told_this_morning_and_only_then()
    {
        // 02:00 London of the 11th, and 09:00: the next morning's.
        await OverrideAsync("a", "Wyn Workersample", new DateTimeOffset(2026, 6, 11, 1, 0, 0, TimeSpan.Zero));
        await OverrideAsync("b", "Wyn Workersample", new DateTimeOffset(2026, 6, 11, 1, 0, 1, TimeSpan.Zero));
        await OverrideAsync("c", "Lee Leadsample", new DateTimeOffset(2026, 6, 11, 8, 0, 0, TimeSpan.Zero));

        (await AtAsync("2026-06-11", 8, 0))
            .Should()
            .ContainSingle()
            .Which.Should()
            .EndWith(
                " 2 records were changed by form on 10 June 2026 by Wyn Workersample; your case system says otherwise. Your work-list shows which."
            );
        (await AtAsync("2026-06-12", 8, 0))
            .Should()
            .ContainSingle()
            .Which.Should()
            .EndWith(
                " 1 record was changed by form on 10 June 2026 by Lee Leadsample; your case system says otherwise. Your work-list shows which."
            );
        (await AtAsync("2026-06-13", 8, 0)).Single().Should().NotContain("form");
    }

    private async Task OverrideAsync(string id, string by, DateTimeOffset when)
    {
        var form = new OverriddenForm(by, new DateTimeOffset(2026, 6, 10, 9, 0, 0, TimeSpan.Zero), when);
        var record = new StoredResource
        {
            Type = RecordType.EpisodeOfCare,
            Id = id,
            Version = 1,
            LastUpdated = when,
            Authority = Hareford,
            Body = "{}"u8.ToArray(),
            OverriddenForm = form,
            Tokens = [SearchTokens.OverriddenForm(LondonCalendar.DayOf(when))],
        };
        await _house.Store.CommitAsync(
            new Commit { Changes = [new Change(record, 0)] },
            TestContext.Current.CancellationToken
        );
    }

    private static EmailRecipient[] Always(string address) => [new() { Team = "lead", Address = address }];

    private static EmailRecipient Of(string team, string from, string until) =>
        new()
        {
            Team = team,
            Address = $"{team}@hareford.example",
            From = from,
            Until = until,
        };

    private MorningSummaries NewServer(EmailRecipient[] recipients) =>
        new(
            _house.Store,
            new PlacesOfAction(_house.Store),
            new OverriddenForms(_house.Store),
            _house,
            new EmailOptions
            {
                Host = "localhost",
                From = "cpis@cpis.example",
                Authorities = new Dictionary<string, IReadOnlyList<EmailRecipient>> { ["XHF01"] = recipients },
            },
            _house.Once(),
            new Postbox(_post, _post),
            _house.Clock
        );

    private async Task<List<string>> AtAsync(string day, int hour, int minute)
    {
        var midnight = LondonCalendar.StartOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        _house.Clock.SetUtcNow(midnight.AddHours(hour).AddMinutes(minute));
        await _summaries.RunAsync(TestContext.Current.CancellationToken);
        return _post.Take();
    }
}
