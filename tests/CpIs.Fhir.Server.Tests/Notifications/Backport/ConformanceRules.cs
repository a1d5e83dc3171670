using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>What a server that claims the guide must be able to do, and say of itself.</summary>
internal static class ConformanceRules
{
    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(1, "conformance", "A Subscription can be created, read and updated.", ReadWriteAsync),
        new(
            2,
            "conformance",
            "$status can be asked of one Subscription and of all.",
            async scene =>
            {
                (await scene.StatusAsync(scene.IdOnly)).Status.Should().Be(200);
                (await (await scene.AuthorityAsync()).GetAsync("Subscription/$status")).Status.Should().Be(200);
            }
        ),
        new(
            3,
            "conformance",
            "At least one type of channel works.",
            scene => scene.PostsOf(scene.IdOnly).Should().NotBeEmpty()
        ),
        new(
            4,
            "conformance",
            "At least one content level works.",
            scene => scene.PostsOf(scene.IdOnly, NotificationType.EventNotification).Should().NotBeEmpty()
        ),
        new(
            5,
            "conformance",
            "metadata names the guide's Subscription profile among the profiles supported.",
            async scene =>
                Texts(await SubscriptionOfAsync(scene), "supportedProfile")
                    .Should()
                    .Contain(BackportCanonicals.Subscription)
        ),
        new(
            6,
            "conformance",
            "metadata promises what the guide's server statement requires: read, search by url, operation status.",
            async scene =>
            {
                var resource = await SubscriptionOfAsync(scene);
                Named(resource, "interaction", "code").Should().Contain(["read", "create", "update", "delete"]);
                Named(resource, "searchParam", "name").Should().Contain(["url", "status"]);
                Named(resource, "operation", "name").Should().Contain("status");
            }
        ),
        new(
            7,
            "conformance",
            "A Subscription shows each element that the profile makes mandatory, also one that its client left out.",
            async scene =>
            {
                var read = (
                    await (await scene.AuthorityAsync()).GetAsync($"Subscription/{BackportScene.Id(scene.Refused)}")
                ).Json;
                read.GetProperty("criteria").GetString().Should().Be(Topic.RecordAccessed.Row().Canonical);
                read.GetProperty("status").GetString().Should().NotBeNullOrEmpty();
                read.GetProperty("reason").GetString().Should().NotBeNullOrEmpty();
                var channel = read.GetProperty("channel");
                channel.GetProperty("type").GetString().Should().Be("rest-hook");
                channel.GetProperty("payload").GetString().Should().Be("application/fhir+json");
                channel.GetProperty("_payload").GetRawText().Should().Contain(BackportCanonicals.PayloadContent);
            }
        ),
        new(
            8,
            "conformance",
            "A Subscription is found by url.",
            async scene =>
            {
                var url = Uri.EscapeDataString(scene.Endpoint + "/id-only");
                var found = await (await scene.AuthorityAsync()).GetAsync($"Subscription?url={url}");
                found
                    .Entries("Subscription")
                    .Should()
                    .ContainSingle()
                    .Which.GetProperty("id")
                    .GetString()
                    .Should()
                    .Be(BackportScene.Id(scene.IdOnly));
            }
        ),
        new(
            9,
            "safety_security",
            "Whoever may not see a Subscription is refused, whatever he asks of it.",
            async scene =>
            {
                foreach (var below in new[] { "", "/$status", "/_history/1" })
                {
                    var url = $"Subscription/{BackportScene.Id(scene.IdOnly)}{below}";
                    (await scene.Anonymous.GetAsync(url)).Status.Should().Be(401, url);
                    (await (await scene.SettingAsync()).GetAsync(url)).Status.Should().Be(403, url);
                    (await (await scene.OtherAuthorityAsync()).GetAsync(url)).Status.Should().Be(404, url);
                }
            }
        ),
        new(
            10,
            "conformance",
            "Recommended: metadata instantiates the guide's server statement for R4.",
            async scene => Texts(await MetadataAsync(scene), "instantiates").Should().Contain(BackportCanonicals.Server)
        ),
        new(
            11,
            "conformance",
            "Recommended: metadata names each topic that is offered.",
            async scene =>
                Named(await SubscriptionOfAsync(scene), "extension", "valueCanonical")
                    .Should()
                    .Equal(TopicTable.All.Select(row => row.Canonical))
        ),
        new(
            12,
            "components",
            "Recommended: a topic that is offered is read and searched as Basic.",
            async scene =>
            {
                var found = await (await scene.AuthorityAsync()).GetAsync("Basic?code=SubscriptionTopic");
                found.Entries("Basic").Should().HaveCount(TopicTable.All.Count);
                foreach (var topic in found.Entries("Basic"))
                    (await scene.Anonymous.GetAsync($"Basic/{BackportScene.Id(topic)}"))
                        .Text.Should()
                        .ContainAny(TopicTable.All.Select(row => row.Canonical));
            }
        ),
    ];

    private static async Task ReadWriteAsync(BackportScene scene)
    {
        var authority = await scene.AuthorityAsync();
        var subscription = scene.Acceptable("written");
        subscription["status"] = "off";
        var id = BackportScene.Id(await scene.SubscribeAsync(subscription));
        (subscription["id"], subscription["reason"]) = (JsonValue.Create(id), JsonValue.Create("Another"));
        var put = await authority.SendAsync(
            HttpMethod.Put,
            $"Subscription/{id}",
            new StringContent(subscription.ToJsonString(), new MediaTypeHeaderValue("application/fhir+json"))
        );
        put.Status.Should().Be(200, put.Text);
        var read = await authority.GetAsync($"Subscription/{id}");
        read.Json.GetProperty("reason").GetString().Should().Be("Another");
    }

    private static async Task<JsonElement> MetadataAsync(BackportScene scene) =>
        (await scene.Anonymous.GetAsync("metadata")).Json;

    private static async Task<JsonElement> SubscriptionOfAsync(BackportScene scene) =>
        (await MetadataAsync(scene))
            .GetProperty("rest")[0]
            .GetProperty("resource")
            .EnumerateArray()
            .Single(resource => resource.GetProperty("type").GetString() == "Subscription");

    private static IEnumerable<string?> Texts(JsonElement of, string name) =>
        of.GetProperty(name).EnumerateArray().Select(each => each.GetString());

    private static IEnumerable<string?> Named(JsonElement of, string list, string name) =>
        of.GetProperty(list).EnumerateArray().Select(each => each.GetProperty(name).GetString());
}
