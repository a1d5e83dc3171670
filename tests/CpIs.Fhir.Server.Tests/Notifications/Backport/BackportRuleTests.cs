namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>Each rule of the guide for a server, tried against the whole server over HTTP, with a real receiver.</summary>
public sealed class BackportRuleTests(BackportScene scene) : IClassFixture<BackportScene>
{
    private static readonly BackportRule[] All =
    [
        .. ConformanceRules.All,
        .. AcceptanceRules.All,
        .. NotificationRules.All,
        .. PayloadRules.All,
        .. ErrorRules.All,
        .. StatusRules.All,
    ];

    public static IEnumerable<TheoryDataRow<int>> Numbers =>
        All.Select(rule => new TheoryDataRow<int>(rule.Number) { TestDisplayName = rule.ToString() });

    [Theory]
    [MemberData(nameof(Numbers))]
    public Task It_holds(int number) => All.Single(rule => rule.Number == number).Check(scene);
}
