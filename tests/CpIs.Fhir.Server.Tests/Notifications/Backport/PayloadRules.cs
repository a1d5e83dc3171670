using System.Text.Json;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>How much a notification says, by content level.</summary>
internal static class PayloadRules
{
    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(
            60,
            "payloads",
            "With empty, an event has neither focus nor context.",
            scene =>
            {
                foreach (var told in EventsOf(scene, scene.Empty).SelectMany(NotificationRules.Events))
                {
                    BackportScene.Value(told, "focus", "part").Should().BeNull();
                    BackportScene.Value(told, "additional-context", "part").Should().BeNull();
                }
            }
        ),
        new(
            61,
            "payloads",
            "With empty, the status is the only entry.",
            scene =>
                EventsOf(scene, scene.Empty)
                    .Should()
                    .OnlyContain(post => NotificationRules.Entries(NotificationRules.Bundle(post)).Count() == 1)
        ),
        new(62, "payloads", "With id-only, each event has its focus.", scene => EachHasFocus(scene, scene.IdOnly)),
        new(
            63,
            "payloads",
            "With id-only, each further entry has a fullUrl and a request, and no resource.",
            scene =>
            {
                foreach (var post in EventsOf(scene, scene.IdOnly))
                foreach (var entry in NotificationRules.Entries(NotificationRules.Bundle(post)).Skip(1))
                {
                    entry.GetProperty("fullUrl").GetString().Should().StartWith(scene.Base + "/AuditEvent/");
                    entry.TryGetProperty("request", out _).Should().BeTrue();
                    entry.TryGetProperty("resource", out _).Should().BeFalse();
                }
            }
        ),
        new(64, "payloads", "With full-resource, each event has its focus.", scene => EachHasFocus(scene, scene.Full)),
        new(
            65,
            "payloads",
            "With full-resource, each focus is an entry with its resource.",
            scene =>
            {
                foreach (var post in EventsOf(scene, scene.Full))
                {
                    var whole = NotificationRules
                        .Entries(NotificationRules.Bundle(post))
                        .Skip(1)
                        .Where(entry => entry.TryGetProperty("resource", out _))
                        .Select(entry => entry.GetProperty("fullUrl").GetString());
                    whole.Should().Contain(post.Notification.Events.Select(told => told.References[0]));
                }
            }
        ),
        new(
            66,
            "payloads",
            "What is told by reference is what the authority reads there.",
            async scene =>
            {
                var focus = EventsOf(scene, scene.IdOnly)[0].Notification.Events[0].References[0];
                var read = await (await scene.AuthorityAsync()).GetAsync(focus);
                read.Status.Should().Be(200, read.Text);
                read.Json.GetProperty("resourceType").GetString().Should().Be("AuditEvent");
            }
        ),
    ];

    private static IReadOnlyList<Received> EventsOf(BackportScene scene, JsonElement subscription)
    {
        var posts = scene.PostsOf(subscription, NotificationType.EventNotification);
        posts.Should().NotBeEmpty();
        return posts;
    }

    private static void EachHasFocus(BackportScene scene, JsonElement subscription)
    {
        foreach (var told in EventsOf(scene, subscription).SelectMany(NotificationRules.Events))
            BackportScene.Value(told, "focus", "part").Should().Contain(scene.Base + "/AuditEvent/");
    }
}
