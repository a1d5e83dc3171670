using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>What a server must refuse instead of taking what it will not do, and how a Subscription becomes active.</summary>
internal static class AcceptanceRules
{
    private const string Filter =
        "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria";

    private const string Channel =
        "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-channel-type";

    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(
            20,
            "conformance",
            "A Subscription to a topic that is not offered is refused.",
            scene =>
                scene.RefusesAsync(
                    "another topic",
                    s => s["criteria"] = "http://example.org/SubscriptionTopic/admission"
                )
        ),
        new(
            21,
            "conformance",
            "The criteria is the canonical of a topic: a search of R4's own kind is refused.",
            scene => scene.RefusesAsync("a search", s => s["criteria"] = "Flag?status=active")
        ),
        new(
            22,
            "conformance",
            "A filter that will not be applied is refused.",
            async scene =>
            {
                foreach (var topic in TopicTable.All)
                foreach (var filter in new[] { "patient=Patient/1", "AuditEvent?patient=Patient/1" })
                    await scene.RefusesAsync(
                        $"{filter} of {topic.Code}",
                        s =>
                        {
                            s["criteria"] = topic.Canonical;
                            s["_criteria"] = Extension(new JsonObject { ["url"] = Filter, ["valueString"] = filter });
                        }
                    );
            }
        ),
        new(
            23,
            "conformance",
            "Each filter that a topic offers is applied: no topic offers one.",
            async scene =>
                (await scene.Anonymous.GetAsync("Basic?code=SubscriptionTopic")).Text.Should().NotContain("canFilterBy")
        ),
        new(
            24,
            "conformance",
            "A custom channel that is not supported is refused.",
            scene =>
                scene.RefusesAsync(
                    "a custom channel",
                    s =>
                        s["channel"]!["_type"] = Extension(
                            new JsonObject
                            {
                                ["url"] = Channel,
                                ["valueCoding"] = new JsonObject
                                {
                                    ["system"] = "http://example.org/channel",
                                    ["code"] = "pigeon",
                                },
                            }
                        )
                )
        ),
        new(
            25,
            "conformance",
            "A channel of R4 that is not supported is refused.",
            async scene =>
            {
                foreach (var type in new[] { "websocket", "email", "sms", "message" })
                    await scene.RefusesAsync(type, s => s["channel"]!["type"] = type);
            }
        ),
        new(
            26,
            "conformance",
            "A content level that the server does not know is refused.",
            scene =>
                scene.RefusesAsync(
                    "a content level",
                    s =>
                        s["channel"]!["_payload"] = Extension(
                            new JsonObject { ["url"] = BackportCanonicals.PayloadContent, ["valueCode"] = "everything" }
                        )
                )
        ),
        new(
            27,
            "conformance",
            "A content level that the server does not mean to send is refused.",
            async scene =>
            {
                await using var careful = await WholeExchange.StartAsync();
                var (status, body) = await careful.SendAsync(
                    HttpMethod.Post,
                    "Subscription",
                    await careful.TokenAsync("demo-authority-xhf01"),
                    scene.Acceptable("never", "full-resource").ToJsonString()
                );
                status.Should().Be(422, body);
            }
        ),
        new(
            28,
            "components",
            "A payload in a version of FHIR that is not sent is refused or changed; the one that is sent is taken.",
            async scene =>
            {
                await scene.RefusesAsync(
                    "R5",
                    s => s["channel"]!["payload"] = "application/fhir+json; fhirVersion=5.0"
                );
                var asked = scene.Acceptable("version");
                asked["status"] = "off";
                asked["channel"]!["payload"] = "application/fhir+json; fhirVersion=4.0";
                await scene.SubscribeAsync(asked);
            }
        ),
        new(
            29,
            "channels",
            "A new Subscription to a webhook is requested at first.",
            scene => scene.IdOnly.GetProperty("status").GetString().Should().Be("requested")
        ),
        new(
            30,
            "channels",
            "It is active once its endpoint has taken the handshake.",
            async scene =>
            {
                scene.PostsOf(scene.IdOnly)[0].Notification.Type.Should().Be(NotificationType.Handshake);
                BackportScene.Said(await scene.StatusAsync(scene.IdOnly), "status").Should().Be("active");
            }
        ),
        new(
            31,
            "channels",
            "A handshake that fails leaves it in error.",
            async scene => BackportScene.Said(await scene.StatusAsync(scene.Refused), "status").Should().Be("error")
        ),
        new(
            32,
            "channels",
            "Recommended: an endpoint in plain http is refused.",
            scene =>
                scene.RefusesAsync("plain http", s => s["channel"]!["endpoint"] = "http://hooks.example.org/notices")
        ),
    ];

    private static JsonObject Extension(JsonObject extension) => new() { ["extension"] = new JsonArray(extension) };
}
