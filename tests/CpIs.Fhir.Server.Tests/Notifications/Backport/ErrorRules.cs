using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>What a server does while an endpoint fails.</summary>
internal static class ErrorRules
{
    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(
            70,
            "errors",
            "Events are counted while they cannot be delivered.",
            scene =>
            {
                const string Count = "events-since-subscription-start";
                BackportScene.Said(scene.WhileFailing.First, Count).Should().Be("1");
                BackportScene.Said(scene.WhileFailing.Second, Count).Should().Be("2");
            }
        ),
        new(
            71,
            "errors",
            "The Subscription is in error once its endpoint has failed.",
            scene => BackportScene.Said(scene.WhileFailing.First, "status").Should().Be("error")
        ),
        new(
            72,
            "errors",
            "$status goes on answering, and says by a code of the guide what went wrong.",
            scene =>
            {
                scene.WhileFailing.First.Status.Should().Be(200);
                BackportScene
                    .Said(scene.WhileFailing.First, "error")
                    .Should()
                    .Contain(BackportCanonicals.ErrorCodes)
                    .And.Contain("error-response");
            }
        ),
        new(
            73,
            "errors",
            "The server does not make it active again by itself: only its client does.",
            scene => scene.Afterwards.Should().Be(("error", "active"))
        ),
    ];
}
