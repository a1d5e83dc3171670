using System.Text.Json;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>The operation <c>$status</c>.</summary>
internal static class StatusRules
{
    private const string Page = "OperationDefinition backport-subscription-status";

    public static IReadOnlyList<BackportRule> All { get; } =
    [
        new(
            80,
            Page,
            "Of one Subscription, it answers a searchset with the one status.",
            async scene =>
            {
                var answer = await scene.StatusAsync(scene.IdOnly);
                Statuses(answer).Should().Equal(BackportScene.Id(scene.IdOnly));
                answer
                    .Entries("Parameters")
                    .Single()
                    .GetProperty("meta")
                    .GetProperty("profile")
                    .GetRawText()
                    .Should()
                    .Contain(BackportCanonicals.Status);
                BackportScene.Said(answer, "type").Should().Be("query-status");
            }
        ),
        new(
            81,
            Page,
            "Of one Subscription, it ignores ids and statuses.",
            async scene =>
                Statuses(await scene.StatusAsync(scene.IdOnly, "?id=none&status=off"))
                    .Should()
                    .Equal(BackportScene.Id(scene.IdOnly))
        ),
        new(
            82,
            Page,
            "Without ids, it answers for every Subscription that the caller may see, and for no other.",
            async scene =>
            {
                var own = await (await scene.AuthorityAsync()).GetAsync("Subscription?_count=1000&_elements=id");
                Statuses(await AskAsync(scene, ""))
                    .Should()
                    .BeEquivalentTo(own.Entries("Subscription").Select(BackportScene.Id))
                    .And.HaveCountGreaterThan(4);
                Statuses(await (await scene.OtherAuthorityAsync()).GetAsync("Subscription/$status")).Should().BeEmpty();
            }
        ),
        new(
            83,
            Page,
            "Of several ids, any counts.",
            async scene =>
            {
                var (one, two) = (BackportScene.Id(scene.IdOnly), BackportScene.Id(scene.Empty));
                Statuses(await AskAsync(scene, $"?id={one}&id={two}")).Should().BeEquivalentTo([one, two]);
            }
        ),
        new(
            84,
            Page,
            "Of several statuses, any counts.",
            async scene =>
            {
                var found = Statuses(await AskAsync(scene, "?status=error&status=active"));
                found.Should().Contain([BackportScene.Id(scene.Refused), BackportScene.Id(scene.Full)]);
                Statuses(await AskAsync(scene, "?status=error"))
                    .Should()
                    .Contain(BackportScene.Id(scene.Refused))
                    .And.NotContain(BackportScene.Id(scene.Full));
            }
        ),
        new(
            85,
            Page,
            "It takes the same by POST.",
            async scene =>
            {
                var id = BackportScene.Id(scene.Empty);
                var authority = await scene.AuthorityAsync();
                var parameters =
                    $$"""{"resourceType":"Parameters","parameter":[{"name":"id","valueId":"{{id}}"},{"name":"status","valueCode":"active"}]}""";
                Statuses(await authority.PostAsync("Subscription/$status", parameters)).Should().Equal(id);
                Statuses(await authority.PostAsync($"Subscription/{id}/$status", parameters)).Should().Equal(id);
            }
        ),
    ];

    private static async Task<Answer> AskAsync(BackportScene scene, string query) =>
        await (await scene.AuthorityAsync()).GetAsync("Subscription/$status" + query);

    /// <summary>The ids of the Subscriptions that are told of, in a searchset and nothing else.</summary>
    private static List<string> Statuses(Answer answer)
    {
        answer.Status.Should().Be(200, answer.Text);
        answer.Json.GetProperty("resourceType").GetString().Should().Be("Bundle");
        answer.Json.GetProperty("type").GetString().Should().Be("searchset");
        var statuses = answer.Entries("Parameters");
        answer.AllEntries.Should().HaveCount(statuses.Count);
        answer.Total.Should().Be(statuses.Count);
        return [.. statuses.Select(status => Reference(status).Split('/')[^1])];
    }

    private static string Reference(JsonElement status) =>
        status
            .GetProperty("parameter")
            .EnumerateArray()
            .Single(each => each.GetProperty("name").GetString() == "subscription")
            .GetProperty("valueReference")
            .GetProperty("reference")
            .GetString()!;
}
