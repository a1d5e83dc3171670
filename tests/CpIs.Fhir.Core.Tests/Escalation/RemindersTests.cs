using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Escalation;
using static CpIs.Fhir.Core.Tests.Escalation.EscalationHarness;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>E-mail reminds, by hour and team, names nobody and settles nothing; no failure of it is lost or disturbs another.</summary>
public sealed class RemindersTests : IAsyncLifetime
{
    private const string Day = "day@hareford.example";
    private const string Night = "night@hareford.example";
    private const string Other = "duty@otherton.example";

    private readonly SentMail _post = new();
    private EscalationHarness _house = null!;
    private Reminders _reminders = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await OpenAsync();
        _reminders = NewServer();
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task After_fifteen_minutes_and_then_each_hour_until_somebody_takes_it()
    {
        var access = await _house.LookUpAsync(Hareford);

        (await AfterAsync(14)).Should().BeEmpty();
        (await AfterAsync(1))
            .Should()
            .Equal($"{Day}: 1 new notice, oldest 15 minutes. Sign in to your work-list. This message holds no names.");
        (await EachMinuteAsync(59)).Should().BeEmpty();
        (await AfterAsync(1)).Should().ContainSingle().Which.Should().Contain("1 new notice, oldest 75 minutes.");
        await _house.LookUpAsync(Hareford);
        (await AfterAsync(60)).Should().ContainSingle().Which.Should().Contain("2 new notices, oldest 2 hours.");

        (await _house.Store.ReadUntoldAsync(TestContext.Current.CancellationToken))
            .Single()
            .Count.Should()
            .Be(2, "a reminder settles nothing");
        await _house.TakeAsync(access);
        (await AfterAsync(1)).Should().ContainSingle("another one is the oldest, and late");
    }

    [Fact]
    public async Task Another_oldest_is_reminded_of_when_it_is_late_itself()
    {
        var first = await _house.LookUpAsync(Hareford);
        await AfterAsync(10);
        await _house.LookUpAsync(Hareford);
        (await AfterAsync(5)).Should().ContainSingle();
        await _house.TakeAsync(first);

        (await EachMinuteAsync(9)).Should().BeEmpty();
        (await AfterAsync(1)).Should().ContainSingle().Which.Should().Contain("1 new notice, oldest 15 minutes");
    }

    [Fact]
    public async Task Whatever_the_channel_with_a_webhook_that_does_not_take_it_too()
    {
        await _house.SubscribeAsync("https://hooks.example.org/cpis");
        await _house.LookUpAsync(Hareford);

        (await AfterAsync(15)).Should().ContainSingle();
    }

    [Fact]
    public async Task The_team_whose_hours_it_is_is_reminded_and_the_next_one_when_its_hours_begin()
    {
        _house.Clock.SetUtcNow(new DateTimeOffset(2026, 6, 10, 16, 40, 0, TimeSpan.Zero)); // 17:40 in London.
        await _house.LookUpAsync(Hareford);

        (await AfterAsync(19)).Should().ContainSingle(line => line.StartsWith(Day));
        (await AfterAsync(1)).Should().ContainSingle("at 18:00 the night team begins").Which.Should().StartWith(Night);
        (await EachMinuteAsync(59)).Should().BeEmpty();
        (await AfterAsync(1)).Should().ContainSingle(line => line.StartsWith(Night));
    }

    [Fact]
    public async Task A_restart_repeats_nothing_and_neither_does_another_server()
    {
        await _house.LookUpAsync(Hareford);
        await AfterAsync(15);

        _reminders = NewServer();

        (await EachMinuteAsync(59)).Should().BeEmpty();
        (await EachMinuteAsync(6)).Should().ContainSingle("whoever took over finds out within five minutes");
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_tried_each_minute_one_alarm_comes_after_three_and_all_of_it_goes_out_in_the_end()
    {
        await _house.LookUpAsync(Hareford);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await _house.LookUpAsync(Otherton);
        _post.Result = _ => MailResult.Unreachable;
        _house.Clock.Advance(TimeSpan.FromMinutes(15));

        (await EachMinuteAsync(5)).Should().BeEmpty();
        _post
            .Heard.Should()
            .Equal(
                "not sent XHF01 day Unreachable",
                "not sent XHF01 day Unreachable",
                "not sent XHF01 day Unreachable",
                "ALARM server 3 why",
                "not sent XHF01 day Unreachable",
                "not sent XHF01 day Unreachable"
            );

        _post.Result = _ => MailResult.Sent;
        (await AfterAsync(1)).Should().HaveCount(2);
        _post.Heard.Skip(6).Should().Equal("sent XHF01 day", "server works", "sent XOT01 duty");
    }

    [Fact]
    public async Task An_address_that_is_refused_keeps_no_other_from_being_reminded_and_is_an_alarm_of_its_own()
    {
        await _house.LookUpAsync(Hareford);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await _house.LookUpAsync(Otherton);
        _post.Result = to => to == Day ? MailResult.Refused : MailResult.Sent;
        _house.Clock.Advance(TimeSpan.FromMinutes(14));

        (await EachMinuteAsync(20)).Should().ContainSingle(line => line.StartsWith(Other));

        _post.Heard.Where(line => line.Contains("XHF01")).Should().HaveCount(5, "four attempts, five minutes apart");
        _post.Heard.Should().ContainSingle(line => line.StartsWith("ALARM")).Which.Should().Be("ALARM XHF01 day 3 why");
    }

    [Fact]
    public async Task What_a_server_began_and_did_not_end_is_sent_by_another()
    {
        await _house.LookUpAsync(Hareford);
        _post.During = () => throw new OperationCanceledException();
        var killed = () => AfterAsync(15);
        await killed.Should().ThrowAsync<OperationCanceledException>();
        _post.During = static () => { };
        _reminders = NewServer();

        (await AfterAsync(0)).Should().ContainSingle();
    }

    [Fact]
    public async Task No_address_is_used_of_who_is_suspended_or_not_registered_and_the_log_says_so_once()
    {
        _reminders = NewServer(alsoTo: "XNO01");
        await _house.LookUpAsync(Hareford);
        _house.Current = new OrganisationDirectory(
            2,
            _house.Current.Organisations.Select(o => o with { Suspended = o.Code == Hareford }),
            []
        );

        (await EachMinuteAsync(30)).Should().BeEmpty();
        _post.Heard.Should().Equal("stranger XHF01", "stranger XNO01");
    }

    private Reminders NewServer(string alsoTo = "XOT01")
    {
        var options = new EmailOptions
        {
            Host = "localhost",
            From = "cpis@cpis.example",
            Authorities = new Dictionary<string, IReadOnlyList<EmailRecipient>>
            {
                [alsoTo] = [new() { Team = "duty", Address = "duty@nobody.example" }],
                ["XHF01"] =
                [
                    new()
                    {
                        Team = "day",
                        Address = Day,
                        From = "08:00",
                        Until = "18:00",
                    },
                    new()
                    {
                        Team = "night",
                        Address = Night,
                        From = "18:00",
                        Until = "08:00",
                    },
                ],
                ["XOT01"] = [new() { Team = "duty", Address = Other }],
            },
        };
        return new Reminders(
            _house.Store,
            _house,
            options,
            _house.Once(),
            new Postbox(_post, _post),
            _post,
            _house.Clock
        );
    }

    private async Task<List<string>> EachMinuteAsync(int minutes)
    {
        var sent = new List<string>();
        for (var i = 0; i < minutes; i++)
            sent.AddRange(await AfterAsync(1));
        return sent;
    }

    private async Task<List<string>> AfterAsync(int minutes)
    {
        _house.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await _reminders.RunAsync(TestContext.Current.CancellationToken);
        return _post.Take();
    }
}
