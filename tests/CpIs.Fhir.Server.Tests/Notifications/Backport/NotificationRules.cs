using System.Text.Json;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>What a notification of any type looks like, and how it travels to a webhook.</summary>
internal static class NotificationRules
{
    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(
            40,
            "channels",
            "A notification is posted with the content type that the Subscription asks for.",
            scene =>
                scene
                    .Posts.Select(post => post.Headers["content-type"])
                    .Should()
                    .OnlyContain(type => type == "application/fhir+json")
        ),
        new(
            41,
            "channels",
            "Each header of the Subscription is sent with every notification.",
            scene =>
                scene
                    .PostsOf(scene.IdOnly)
                    .Should()
                    .OnlyContain(post => post.Headers["x-gateway-key"] == "k-1" && post.Headers["x-second"] == "two")
        ),
        new(
            42,
            "notifications",
            "A notification is a Bundle of type history.",
            scene =>
                Bundles(scene)
                    .Should()
                    .OnlyContain(bundle =>
                        bundle.GetProperty("resourceType").GetString() == "Bundle"
                        && bundle.GetProperty("type").GetString() == "history"
                    )
        ),
        new(
            43,
            "conformance",
            "The first entry is the status, a Parameters of the guide's profile.",
            scene => Statuses(scene).Should().OnlyContain(status => Claims(status, BackportCanonicals.Status))
        ),
        new(
            44,
            "conformance",
            "Each status is valid by that profile, and the Bundle by R4 and by ours.",
            scene =>
            {
                var validator = ConformanceSet.CoreAndOurs().Validator;
                foreach (var status in Statuses(scene))
                    Faults(validator, status, BackportCanonicals.Status).Should().BeEmpty(status.GetRawText());
                foreach (var bundle in Bundles(scene))
                    Faults(validator, bundle, FhirSystems.Profile("CPIS-Notification"))
                        .Should()
                        .BeEmpty(bundle.GetRawText());
            }
        ),
        new(
            45,
            "notifications",
            "Every entry has a request, and R4 asks for its response too.",
            scene =>
                Bundles(scene)
                    .SelectMany(Entries)
                    .Should()
                    .OnlyContain(entry =>
                        entry.GetProperty("request").GetProperty("method").GetString() != ""
                        && entry.GetProperty("response").GetProperty("status").GetString() != ""
                    )
        ),
        new(
            46,
            "notifications",
            "The request of the first entry is a request for $status of the Subscription, which can be sent.",
            async scene =>
            {
                foreach (var subscription in Told(scene))
                foreach (var post in scene.PostsOf(subscription))
                {
                    var request = Entries(Bundle(post)).First().GetProperty("request");
                    request.GetProperty("method").GetString().Should().Be("GET");
                    request
                        .GetProperty("url")
                        .GetString()
                        .Should()
                        .Be($"{scene.Base}/Subscription/{BackportScene.Id(subscription)}/$status");
                }

                var asked = Entries(Bundle(scene.Posts[0]))
                    .First()
                    .GetProperty("request")
                    .GetProperty("url")
                    .GetString()!;
                (await (await scene.AuthorityAsync()).GetAsync(asked)).Status.Should().Be(200);
            }
        ),
        new(
            47,
            "conformance",
            "A status refers to its Subscription and says its status and the type of the notification.",
            scene =>
            {
                foreach (var status in Statuses(scene))
                {
                    BackportScene.Value(status, "subscription").Should().Contain(scene.Base + "/Subscription/");
                    BackportScene.Value(status, "status").Should().BeOneOf("requested", "active", "error", "off");
                    BackportScene
                        .Value(status, "type")
                        .Should()
                        .BeOneOf("handshake", "heartbeat", "event-notification");
                }
            }
        ),
        new(
            48,
            "conformance",
            "The count has each event since the Subscription was created, and neither a handshake nor a heartbeat.",
            scene =>
            {
                var counts = scene
                    .PostsOf(scene.IdOnly)
                    .Select(post => (post.Notification.Type, post.Notification.EventCount))
                    .ToList();
                counts
                    .Should()
                    .ContainInOrder(
                        (NotificationType.Handshake, 0L),
                        (NotificationType.EventNotification, 1L),
                        (NotificationType.Heartbeat, 1L),
                        (NotificationType.EventNotification, 2L)
                    );
            }
        ),
        new(
            49,
            "conformance",
            "Events have numbers, one after the other.",
            scene =>
            {
                foreach (var subscription in new[] { scene.IdOnly, scene.Empty, scene.Full })
                    scene
                        .PostsOf(subscription)
                        .SelectMany(post => post.Notification.Events)
                        .Select(told => told.Number)
                        .Distinct()
                        .Should()
                        .Equal(1, 2);
            }
        ),
        new(
            50,
            "notifications",
            "A notification tells of what the topic says: the focus is of the type that its trigger names.",
            async scene =>
            {
                (await scene.Anonymous.GetAsync("Basic/record-accessed"))
                    .Text.Should()
                    .Contain("http://hl7.org/fhir/StructureDefinition/AuditEvent");
                foreach (var told in scene.PostsOf(scene.IdOnly).SelectMany(post => post.Notification.Events))
                    told.References[0].Should().StartWith(scene.Base + "/AuditEvent/");
            }
        ),
        new(
            51,
            "conformance",
            "Events come in a notification of type event-notification, and in no other.",
            scene =>
            {
                foreach (var post in scene.Posts)
                    (post.Notification.Events.Count > 0)
                        .Should()
                        .Be(post.Notification.Type == NotificationType.EventNotification);
            }
        ),
    ];

    internal static JsonElement Bundle(Received post) => JsonDocument.Parse(post.Body).RootElement;

    internal static IEnumerable<JsonElement> Entries(JsonElement bundle) =>
        bundle.GetProperty("entry").EnumerateArray();

    /// <summary>The <c>notification-event</c>s of a notification.</summary>
    internal static IEnumerable<JsonElement> Events(Received post) =>
        Entries(Bundle(post))
            .First()
            .GetProperty("resource")
            .GetProperty("parameter")
            .EnumerateArray()
            .Where(each => each.GetProperty("name").GetString() == "notification-event");

    private static IEnumerable<JsonElement> Told(BackportScene scene) =>
        [scene.IdOnly, scene.Empty, scene.Full, scene.Refused, scene.Faltering];

    private static List<JsonElement> Bundles(BackportScene scene)
    {
        var bundles = scene.Posts.Select(Bundle).ToList();
        bundles.Should().HaveCountGreaterThan(8);
        return bundles;
    }

    private static List<JsonElement> Statuses(BackportScene scene) =>
        [.. Bundles(scene).Select(bundle => Entries(bundle).First().GetProperty("resource"))];

    private static bool Claims(JsonElement resource, string profile) =>
        resource.GetProperty("resourceType").GetString() == "Parameters"
        && resource.GetProperty("meta").GetProperty("profile").EnumerateArray().Any(p => p.GetString() == profile);

    private static IEnumerable<string> Faults(Validator validator, JsonElement resource, string profile) =>
        validator
            .Validate(FhirSource.ReadJson(JsonSerializer.SerializeToUtf8Bytes(resource)), [profile])
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => $"{issue.Expression}: {issue.Message}");
}
