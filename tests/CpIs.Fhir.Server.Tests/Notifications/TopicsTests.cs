using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>An authority is told on the topic that it subscribes to, over real HTTP, and on no other.</summary>
public sealed class TopicsTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    public static TheoryData<Topic> Topics => [.. Enum.GetValues<Topic>()];

    [Fact]
    public async Task Each_topic_tells_of_its_own_and_of_nothing_else_and_each_focus_can_be_read()
    {
        var subscriptions = new Dictionary<Topic, string>();
        foreach (var topic in Enum.GetValues<Topic>())
            subscriptions.Add(topic, await SubscribeAsync(topic));
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        await setting.LookUpAsync(child.NhsNumber);
        await setting.PostAsync(
            "Patient/$missed-appointment",
            $$$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{{child.NhsNumber.Digits}}}"},{"name":"appointment","valueDateTime":"2026-06-01T09:00:00Z"}]}"""
        );
        await RetireAsync(child.NhsNumber);

        var words = new Dictionary<Topic, string>
        {
            [Topic.RecordAccessed] = "CPIS-AuditEvent",
            [Topic.MissedAppointment] = "missed-appointment",
            [Topic.NhsNumberInactive] = "number-retired",
            [Topic.UploadProcessed] = "upload-processed",
        };
        foreach (var (topic, id) in subscriptions)
        {
            var events = await EventsAsync(id, 1);
            events.Select(each => each.Number).Should().Equal(1);
            var focus = await (await exchange.AsAsync("authority-xhf01")).GetAsync(
                events[0].References[0][exchange.FhirBase.ToString().Length..]
            );
            focus.Status.Should().Be(200, focus.Text);
            focus.Text.Should().Contain(words[topic]);
            if (topic == Topic.UploadProcessed)
                focus
                    .Text.Should()
                    .Contain("EpisodeOfCare: 1 created")
                    .And.Contain("\"verdict\"")
                    .And.Contain("\"stamp\"")
                    .And.NotContain(child.NhsNumber.Digits);
            else
                focus.Text.Should().Contain(child.NhsNumber.Digits);
        }

        (await (await exchange.AsAsync("authority-xhf01")).GetAsync("$worklist"))
            .Text.Should()
            .NotContain("upload-processed", "nobody waits to be told of an upload");
    }

    [Fact]
    public async Task Without_a_Subscription_of_its_topic_an_upload_obliges_to_nothing()
    {
        var answer = await exchange.UploadAsync("authority-xst05", exchange.NewChild());

        var upload = await exchange.OccurrenceOfAsync(answer);

        upload.Obligations.Should().BeEmpty();
        upload.Upload.Should().BeNull();
    }

    [Theory, MemberData(nameof(Topics))]
    public async Task A_filter_is_refused_on_every_topic_and_the_refusal_says_why(Topic topic)
    {
        var subscription = Subscription(topic);
        subscription["_criteria"] = JsonNode.Parse(
            $$"""{"extension":[{"url":"{{BackportCanonicals.FilterCriteria}}","valueString":"patient=Patient/1"}]}"""
        );

        var answer = await PostAsync(subscription);

        answer.Status.Should().Be(422, answer.Text);
        answer.Issue.Expression.Should().StartWith("Subscription.criteria.extension");
        answer.Issue.Diagnostics.Should().Contain("keep the authority from knowing of a child");
    }

    [Theory, MemberData(nameof(Topics))]
    public async Task A_Subscription_is_found_by_its_topic_and_says_it_in_its_status(Topic topic)
    {
        var id = await SubscribeAsync(topic);
        var authority = await exchange.AsAsync("authority-xhf01");

        var found = await authority.GetAsync($"Subscription?criteria={topic.Row().Canonical}&_count=100");
        var ids = found.Entries("Subscription").Select(each => each.GetProperty("id").GetString()).ToList();
        ids.Should().Contain(id);
        found
            .Entries("Subscription")
            .Should()
            .OnlyContain(s => s.GetProperty("criteria").GetString() == topic.Row().Canonical);
        (await authority.GetAsync($"Subscription/{id}/$status")).Text.Should().Contain(topic.Row().Canonical);
    }

    [Fact]
    public async Task A_topic_that_there_is_not_is_refused_with_those_that_there_are_and_a_Subscription_keeps_its_topic()
    {
        var unknown = Subscription(Topic.RecordAccessed);
        unknown["criteria"] = "https://fhir.cpis.example/SubscriptionTopic/other";
        var refused = await PostAsync(unknown);
        refused.Status.Should().Be(422, refused.Text);
        foreach (var row in TopicTable.All)
            refused.Text.Should().Contain(row.Canonical);

        var id = await SubscribeAsync(Topic.MissedAppointment);
        var moved = Subscription(Topic.RecordAccessed);
        moved["id"] = id;
        var answer = await (await exchange.AsAsync("authority-xhf01")).SendAsync(
            HttpMethod.Put,
            $"Subscription/{id}",
            new StringContent(
                moved.ToJsonString(),
                new System.Net.Http.Headers.MediaTypeHeaderValue("application/fhir+json")
            )
        );
        answer.Status.Should().Be(422, answer.Text);
        answer.Issue.Diagnostics.Should().Contain("keeps its topic");
    }

    [Fact]
    public async Task Every_topic_is_published_and_offered()
    {
        var metadata = await exchange.Anonymous.GetAsync("metadata");
        foreach (var row in TopicTable.All)
        {
            metadata.Text.Should().Contain(row.Canonical);
            var basic = await exchange.Anonymous.GetAsync($"Basic/{row.Code}");
            basic.Status.Should().Be(200, basic.Text);
            basic.Text.Should().Contain(row.Canonical).And.NotContain("canFilterBy");
        }

        (await exchange.Anonymous.GetAsync("Basic?code=http://hl7.org/fhir/fhir-types|SubscriptionTopic"))
            .Total.Should()
            .Be(TopicTable.All.Count, "what is published is what the table says");
    }

    private async Task<string> SubscribeAsync(Topic topic)
    {
        var answer = await PostAsync(Subscription(topic));
        answer.Status.Should().Be(201, answer.Text);
        var id = answer.Json.GetProperty("id").GetString()!;
        var authority = await exchange.AsAsync("authority-xhf01");
        await Eventually.TrueAsync(async () =>
            (await authority.GetAsync($"Subscription/{id}")).Json.GetProperty("status").GetString() == "active"
        );
        return id;
    }

    private async Task<Answer> PostAsync(JsonObject subscription) =>
        await (await exchange.AsAsync("authority-xhf01")).PostAsync("Subscription", subscription.ToJsonString());

    private async Task<IReadOnlyList<NotifiedEvent>> EventsAsync(string id, int count)
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        IReadOnlyList<NotifiedEvent> events = [];
        await Eventually.TrueAsync(async () =>
        {
            // The quiet time of a notice passes on our clock.
            exchange.Clock.MoveTo(exchange.Clock.GetUtcNow().AddSeconds(1));
            var answer = await authority.GetAsync($"Subscription/{id}/$events?eventsSinceNumber=1");
            NotificationReader.TryRead(answer.Bytes, out var read).Should().BeTrue(answer.Text);
            events = read!.Events;
            return events.Count >= count;
        });
        return events;
    }

    private async Task RetireAsync(NhsNumber number)
    {
        var asked = await (await OperatorAsync("555252170901")).PostAsync(
            "/admin/numbers/retire",
            $$"""{"nhsNumber":"{{number.Digits}}","reason":"error"}"""
        );
        asked.Status.Should().Be(202, asked.Text);
        foreach (var directory in exchange.Each<DirectorySource>())
            await directory.RefreshAsync(TestContext.Current.CancellationToken);
        var approved = await (await OperatorAsync("555252170902")).PostAsync(
            $"/admin/approvals/{asked.Json.GetProperty("id").GetString()}",
            "{}"
        );
        approved.Status.Should().Be(200, approved.Text);
    }

    private Task<Speaker> OperatorAsync(string person) =>
        exchange.SignInAsync(
            "operator",
            RunningExchange.Client("authority-xhf01-lead").User! with
            {
                SdsUserId = person,
            }
        );

    private static JsonObject Subscription(Topic topic)
    {
        var json = JsonNode.Parse(Engine.InboxJson())!.AsObject();
        json["criteria"] = topic.Row().Canonical;
        return json;
    }
}
