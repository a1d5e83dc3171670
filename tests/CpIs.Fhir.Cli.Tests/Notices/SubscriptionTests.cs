using System.Net;
using CpIs.Fhir.Cli.Tests.Records;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Cli.Tests.Notices;

/// <summary>An authority reads an inbox, and sees why a webhook does not arrive, with <c>cpis subscription</c>, on the real server.</summary>
[Collection(RealExchange.Shared)]
public sealed class SubscriptionTests(RealExchange exchange)
{
    [Fact]
    public async Task An_inbox_is_subscribed_read_taken_and_deleted()
    {
        const string authority = "authority-xst05";
        var subscribed = await exchange.AsAsync(authority, "subscribe", "--inbox");
        subscribed.Code.Should().Be(0, subscribed.Error);
        var name = subscribed.Out.Split(' ')[0];
        subscribed.Out.Should().Be($"{name} active{Environment.NewLine}");
        var id = name.Split('/')[1];
        var child = await LookedUpAsync(authority, "XST05");
        string[] events = ["subscription", "events", id];

        var read = await exchange.AsAsync(authority, [.. events, "--wait", "30"]);
        read.Code.Should().Be(0, read.Error);
        read.Out.Should()
            .MatchRegex(
                $@"1 +\d{{4}}-\d\d-\d\d .*{child.NhsNumber.Digits} +Sam Sample, Staff Nurse +Hareford General.* {child.Plans[0].PlanId}"
            );
        string[] take = [.. events, "--acknowledge", "--person", "Ann Example"];
        var declined = await exchange.TypedAsync(authority, "n\n", take);
        declined.Code.Should().Be(2);
        declined.Error.Should().Contain("Take this event as Ann Example? [y/N]");
        var taken = await exchange.AsAsync(authority, take);
        taken.Code.Should().Be(0, taken.Error);
        taken.Out.Should().Contain("1 notice taken by Ann Example.");
        (await exchange.AsAsync(authority, "worklist")).Out.Should().StartWith("Nobody waits to be told.");

        var json = (await exchange.AsAsync(authority, [.. events, "--json"])).Objects.Single();
        json["number"]!.GetValue<int>().Should().Be(1);
        json["accesses"]![0]!["nhsNumber"]!.GetValue<string>().Should().Be(child.NhsNumber.Digits);
        (await exchange.AsAsync(authority, [.. events, "--since", "2"])).Out.Should().StartWith("(none)");

        var list = await exchange.AsAsync(authority, "subscription", "list");
        list.Out.Should().MatchRegex($@"{id} +active +inbox +id-only +1");
        (await exchange.AsAsync(authority, "subscription", "show", name)).Out.Should().MatchRegex(@"Channel +inbox");
        var test = await exchange.AsAsync(authority, "subscription", "test", id);
        test.Code.Should().Be(1);
        test.Error.Should().Contain("Nothing is sent to an inbox.");

        (await exchange.TypedAsync(authority, "\n", "subscription", "delete", id)).Code.Should().Be(2);
        (await exchange.TypedAsync(authority, "y\n", "subscription", "delete", id)).Code.Should().Be(0);
        (await exchange.AsAsync(authority, "subscription", "list")).Out.Should().StartWith("(none)");
    }

    [Fact]
    public async Task More_events_than_were_wanted_are_told_of_and_read_on_from_there()
    {
        const string authority = "authority-xbr02";
        var id = (await exchange.AsAsync(authority, "subscribe", "--inbox", "--json")).Objects.Single()[
            "subscription"
        ]!.GetValue<string>();
        for (var i = 0; i < 3; i++)
            await LookedUpAsync(authority, "XBR02");
        string[] events = ["subscription", "events", id, "--json"];
        await Eventually.TrueAsync(async () => (await exchange.AsAsync(authority, events)).Objects.Count == 3);

        var some = await exchange.AsAsync(authority, [.. events, "--limit", "2"]);
        some.Objects.Select(told => told["number"]!.GetValue<int>()).Should().Equal(1, 2);
        some.Error.Should().Contain("There are more. For those: --since 3, or --all.");
        var between = await exchange.AsAsync(authority, [.. events, "--since", "2", "--until", "2"]);
        between.Objects.Single()["number"]!.GetValue<int>().Should().Be(2);
        var taken = await exchange.AsAsync(authority, [.. events, "--acknowledge", "--person", "Ann Example"]);
        taken.Objects[^1].ToJsonString().Should().Contain("\"taken\":3,\"takenBefore\":0");
        await exchange.AsAsync(authority, "subscription", "delete", id);
    }

    [Fact]
    public async Task A_webhook_is_tested_its_attempts_are_shown_in_words_and_events_are_sent_once_more()
    {
        const string authority = "authority-xbr02";
        await using var receiver = await StubExchange.StartAsync();
        var status = 204;
        receiver.On("POST /notify", _ => new Reply(status, ""));
        var subscribed = await exchange.AsAsync(authority, "subscribe", "--endpoint", receiver.Root + "/notify");
        subscribed.Code.Should().Be(0, subscribed.Error);
        var id = subscribed.Out.Split(' ', '/')[1];
        await LookedUpAsync(authority, "XBR02");
        await Eventually.TrueAsync(() => Posts(receiver) == 2);

        var tested = await exchange.AsAsync(authority, "subscription", "test", id);
        tested.Code.Should().Be(0, tested.Error);
        tested.Out.Should().StartWith("The test was taken (HTTP 204).");
        status = (int)HttpStatusCode.BadGateway;
        var failed = await exchange.AsAsync(authority, "subscription", "test", id);
        failed.Code.Should().Be(1);
        failed.Error.Should().Contain("the test was not taken: your endpoint answered HTTP 502; it must answer 2xx.");
        status = 204;

        string[] resend = ["subscription", "resend", id, "--first"];
        await Eventually.TrueAsync(async () =>
            (await exchange.AsAsync(authority, [.. resend, "1", "--last", "5"])).Out.StartsWith(
                "Sent once more: 1 event.",
                StringComparison.Ordinal
            )
        );
        await Eventually.TrueAsync(() =>
            receiver.To("POST /notify").GroupBy(post => post.Headers["webhook-id"]).Any(same => same.Count() > 1)
        );
        (await exchange.AsAsync(authority, [.. resend, "9"])).Out.Should().StartWith("No event with such a number");

        var attempts = await exchange.AsAsync(authority, "subscription", "attempts", id);
        attempts
            .Out.Should()
            .MatchRegex(@"heartbeat +no +502 +\d+ ms +your endpoint answered HTTP 502; it must answer 2xx")
            .And.MatchRegex(@"notice +1 +yes +204 +\d+ ms")
            .And.MatchRegex(@"handshake +yes +204");
        var latest = await exchange.AsAsync(authority, "subscription", "attempts", id, "--limit", "1", "--json");
        latest.Objects.Should().ContainSingle();
        latest.Error.Should().Contain("Shown: the latest 1. For more: --limit N, or --all.");
        var all = await exchange.AsAsync(authority, "subscription", "attempts", id, "--all", "--json");
        all.Objects.Should().HaveCountGreaterThanOrEqualTo(5);
        await exchange.AsAsync(authority, "subscription", "delete", id);
    }

    [Theory]
    [InlineData(2, "Give --endpoint URL or --inbox.", "subscribe")]
    [InlineData(2, "Give --endpoint URL or --inbox.", "subscribe", "--inbox", "--endpoint", "https://x.example/")]
    [InlineData(2, "leave out --heartbeat", "subscribe", "--inbox", "--heartbeat", "60")]
    [InlineData(2, "ID must be the id of a Subscription", "subscription", "show", "a b")]
    [InlineData(2, "Say who with --person NAME", "subscription", "events", "s1", "--acknowledge")]
    [InlineData(2, "--since must be 1 or more", "subscription", "events", "s1", "--since", "0")]
    [InlineData(1, "HTTP 404", "subscription", "events", "no-such-one")]
    [InlineData(1, "HTTP 404", "subscription", "delete", "no-such-one")]
    public async Task What_cannot_be_done_is_told(int code, string reason, params string[] args)
    {
        var ended = await exchange.AsAsync("authority-xhf01", args);

        ended.Code.Should().Be(code);
        ended.Error.Should().Contain(reason);
    }

    private static int Posts(StubExchange receiver) => receiver.To("POST /notify").Count();

    private async Task<SyntheticChild> LookedUpAsync(string client, string authority)
    {
        var child = exchange.NewChild(PlanTypes.ChildProtectionPlan);
        await exchange.UploadAsync(client, authority, [child]);
        (await exchange.AsAsync("hareford-ed-nurse", "lookup", child.NhsNumber.Digits)).Code.Should().Be(0);
        return child;
    }
}
