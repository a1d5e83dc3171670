using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>
/// An authority has been told when its place of action has it, and not when any of its Subscriptions has (design.md, "No Subscription"). Whatever becomes
/// of the place: nothing is lost, and nothing counts as told that was not (promise 3).
/// </summary>
public sealed class PlaceOfActionTests : IAsyncLifetime
{
    private const string Cases = "https://cases.example.org/cpis";
    private const string Feed = "https://feed.example.org/cpis";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ScriptedSender _sender = new();
    private readonly HashSet<string> _failing = [];
    private Engine _engine = null!;
    private Dispatcher _dispatcher = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.StartAsync();
        _dispatcher = _engine.Dispatcher(_sender);
        _sender.Answer = sent =>
            Task.FromResult(_failing.Contains(sent.Endpoint.Host) ? ScriptedSender.Http(503) : ScriptedSender.Ok);
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Failures.Should().BeEmpty();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task What_another_Subscription_takes_stays_untold_until_the_first_has_it()
    {
        var cases = await SubscribeAsync(Cases);
        var feed = await SubscribeAsync(Feed);
        Fail(Cases);
        await LookUpAsync();

        Told(feed).Should().Equal(1);
        (await UntoldAsync()).Should().Be(1);
        (await StandingAsync(cases)).IsPlaceOfAction.Should().BeTrue();
        (await StandingAsync(feed)).IsPlaceOfAction.Should().BeFalse();

        _failing.Clear();
        await _engine.RunAfterAsync(TimeSpan.FromSeconds(10), _dispatcher);
        Told(cases).Should().Contain(1);
        (await UntoldAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_the_authority_named_counts_before_what_was_first_and_what_it_excluded_never()
    {
        await SubscribeAsync(Feed);
        var cases = await SubscribeAsync(Cases, place: true);
        await LookUpAsync();
        (await UntoldAsync()).Should().Be(0);

        Fail(Cases);
        await LookUpAsync();
        (await UntoldAsync()).Should().Be(1, "the feed has it, and is not the place");

        await UpdateAsync(cases, Cases, "requested", place: false);
        _failing.Clear();
        await _engine.RunAfterAsync(TimeSpan.FromMinutes(1), _dispatcher);
        await LookUpAsync();
        (await UntoldAsync()).Should().Be(1, "what the feed takes from now on tells, and not what it took before");
        await ChangePlacesAsync();
        (await UntoldAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_second_place_is_refused_with_the_id_of_the_first_until_that_one_is_none()
    {
        var first = await SubscribeAsync(Cases, place: true);
        var second = await SubscribeAsync(Feed);

        var refused = await UpdateAsync(second, Feed, "requested", place: true);
        var issue = refused!.Issues.Should().ContainSingle().Subject;
        (refused.Kind, issue.Rule).Should().Be((RefusalKind.Rule, "cpis-subscription-place"));
        issue
            .Diagnostics.Should()
            .Be(
                $"An authority has one place of action for a topic. Yours is Subscription/{first}. Send that one with place-of-action false first."
            );
        (await UpdateAsync(second, Feed, "off", place: true)).Should().BeNull("one that is off is no place");
        (await UpdateAsync(first, Cases, "requested", place: true)).Should().BeNull("it is the place itself");
        (await UpdateAsync(first, Cases, "requested", place: false)).Should().BeNull();
        (await UpdateAsync(second, Feed, "requested", place: true)).Should().BeNull();
        (await StandingAsync(second)).IsPlaceOfAction.Should().BeTrue();
        await _engine.SubscribeAsync(Cases, Engine.OtherAuthority, extra: PlaceJson(true));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("off")]
    [InlineData("gone")]
    public async Task What_the_lost_place_was_not_told_of_the_next_is_sent_once_more_and_then_it_is_told(string how)
    {
        var cases = await SubscribeAsync(Cases);
        var feed = await SubscribeAsync(Feed);
        Fail(Cases);
        await LookUpAsync();
        await LookUpAsync(2);
        Told(feed).Should().Equal(1, 2);

        await ChangePlacesAsync();
        Told(feed).Should().Equal([1, 2], "the place is what it was");
        if (how == "deleted")
            (await _engine.Subscriptions.DeleteAsync(cases, null, Engine.Write([]), Stop)).Refusal.Should().BeNull();
        else if (how == "off")
            await UpdateAsync(cases, Cases, "off");
        else
        {
            _sender.Answer = sent =>
                Task.FromResult(sent.Endpoint.Host[0] == 'c' ? ScriptedSender.Http(410) : ScriptedSender.Ok);
            await _engine.RunAfterAsync(TimeSpan.FromHours(1), _dispatcher);
            (await _engine.StatusAsync(cases)).Should().Be(SubscriptionStatus.Off);
        }

        (await UntoldAsync()).Should().Be(2, "nobody has been told by the loss of a place");
        await ChangePlacesAsync();
        Told(feed).Should().Equal(1, 2, 1, 2);
        Ids(feed).Distinct().Should().HaveCount(2, "a repeat has the id that it had");
        (await UntoldAsync()).Should().Be(0);
        await ChangePlacesAsync();
        Told(feed).Should().HaveCount(4);
    }

    [Fact]
    public async Task Which_is_the_place_is_asked_when_a_receiver_has_answered_and_what_came_too_late_is_made_good()
    {
        var cases = await SubscribeAsync(Cases);
        var later = await SubscribeAsync(Feed);
        Fail(Feed);
        await LookUpAsync();
        await _engine.RunAfterAsync(Second, _dispatcher);
        (await UntoldAsync()).Should().Be(0);

        // While the second is being sent to the first, the authority moves.
        _failing.Clear();
        _sender.Answer = async sent =>
        {
            if (sent.Endpoint.Host == "cases.example.org")
            {
                await UpdateAsync(cases, Cases, "requested", place: false);
                await UpdateAsync(later, Feed, "requested", place: true);
            }

            return sent.Endpoint.Host == "cases.example.org" ? ScriptedSender.Ok : ScriptedSender.Http(503);
        };
        await LookUpAsync(2);
        (await UntoldAsync()).Should().Be(1);

        _sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await _engine.RunAfterAsync(TimeSpan.FromHours(2), _dispatcher);
        (await UntoldAsync()).Should().Be(0);
        Told(later).Should().Contain(2);
    }

    [Fact]
    public async Task Where_an_inbox_is_the_place_only_a_person_tells()
    {
        await _engine.CreateAsync(Engine.InboxJson());
        _engine.Time.Advance(Second);
        var feed = await SubscribeAsync(Feed);
        await LookUpAsync();

        Told(feed).Should().Equal(1);
        (await UntoldAsync()).Should().Be(1);
        await ChangePlacesAsync();
        Told(feed).Should().Equal(1);
    }

    [Fact]
    public async Task A_restart_changes_nothing_of_it()
    {
        await SubscribeAsync(Feed);
        await SubscribeAsync(Cases, place: true);
        Fail(Cases);
        await LookUpAsync();
        await _engine.RestartAsync();
        _dispatcher = _engine.Dispatcher(_sender);

        await LookUpAsync(2);
        (await UntoldAsync()).Should().Be(2);
        _failing.Clear();
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), _dispatcher);
        (await UntoldAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Over_HTTP_it_is_named_shown_and_read_back()
    {
        await using var exchange = await Exchange.StartAsync();
        var (made, body) = await exchange.SendAsync(
            HttpMethod.Post,
            "Subscription",
            Engine.Json("https://hooks.example.org/", "off", null, 1, PlaceJson(false))
        );
        made.IsSuccessStatusCode.Should().BeTrue(body.ToString());
        body.GetProperty("extension")[0].GetProperty("valueBoolean").GetBoolean().Should().BeFalse();
        var inbox = await exchange.Engine.CreateAsync(Engine.InboxJson());

        var (_, statuses) = await exchange.SendAsync(HttpMethod.Get, "Subscription/$status");
        statuses
            .GetProperty("entry")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("resource").GetProperty("parameter").EnumerateArray().ToList())
            .Where(parameters =>
                parameters.Exists(each => each.TryGetProperty("valueBoolean", out var place) && place.GetBoolean())
            )
            .Should()
            .ContainSingle()
            .Which[0]
            .ToString()
            .Should()
            .Contain(inbox);

        var (refused, why) = await exchange.SendAsync(
            HttpMethod.Post,
            "Subscription",
            Engine.Json("https://hooks.example.org/", "off", null, 1, PlaceJson(true).Replace("true", "\"yes\""))
        );
        refused.IsSuccessStatusCode.Should().BeFalse(why.ToString());
    }

    private void Fail(string endpoint) => _failing.Add(new Uri(endpoint).Host);

    /// <summary>A look-up, and time enough for it to be sent.</summary>
    private async Task LookUpAsync(int which = 1)
    {
        await _engine.LookUpAsync($"55500000000{which}");
        await Engine.RunAsync(_dispatcher);
        await _engine.RunAfterAsync(Second, _dispatcher);
    }

    /// <summary>A minute passes, in which one server looks after places that have changed.</summary>
    private async Task ChangePlacesAsync()
    {
        var store = _engine.Store;
        var time = _engine.Time;
        await new PlaceChanges(store, store, new PlacesOfAction(store), new DispatchSignal(time), time).RunAsync(Stop);
        await _engine.RunAfterAsync(TimeSpan.FromMinutes(1), _dispatcher);
    }

    private async Task<string> SubscribeAsync(string endpoint, bool? place = null)
    {
        var id = await _engine.SubscribeAsync(endpoint, extra: PlaceJson(place));
        await Engine.RunAsync(_dispatcher);
        _engine.Time.Advance(Second);
        return id;
    }

    private async Task<Refusal?> UpdateAsync(string id, string endpoint, string status, bool? place = null)
    {
        var body = Encoding.UTF8.GetBytes(Engine.Json(endpoint, status, id, 1, PlaceJson(place)));
        return (await _engine.Subscriptions.UpdateAsync(id, null, Engine.Write(body), Stop)).Refusal;
    }

    private static string PlaceJson(bool? place) =>
        place is null
            ? ""
            : $$"""
                "extension": [ { "url": "https://fhir.cpis.example/StructureDefinition/place-of-action", "valueBoolean": {{(
                    place.Value ? "true" : "false"
                )}} } ],
                """;

    private IEnumerable<long> Told(string id) =>
        Of(id).SelectMany(each => each.Notification.Events).Select(e => e.Number);

    private IEnumerable<string> Ids(string id) => Of(id).Select(each => each.Id);

    private IEnumerable<(string Id, Notification Notification)> Of(string id) =>
        _sender.Events.Where(each => each.Notification.Subscription.EndsWith(id, StringComparison.Ordinal));

    private async Task<SubscriptionStanding> StandingAsync(string id) =>
        (await _engine.Subscriptions.ReadStandingAsync(Engine.Caller(Engine.Authority), id, Stop)).Value;

    private async Task<long> UntoldAsync() =>
        (await _engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count;
}
