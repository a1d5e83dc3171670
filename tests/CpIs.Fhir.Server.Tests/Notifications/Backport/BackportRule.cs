namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>One rule of the R5 Backport guide (1.1.0, R4) for a server, in our words, and how it is tried.</summary>
/// <param name="Number">Its number here; it stays with the rule.</param>
/// <param name="Page">The page of the guide that it stands on.</param>
/// <param name="Says">The rule. What the guide only recommends begins with "Recommended".</param>
/// <param name="Check">Throws where it does not hold.</param>
internal sealed record BackportRule(int Number, string Page, string Says, Func<BackportScene, Task> Check)
{
    /// <summary>A rule that what was recorded shows.</summary>
    public BackportRule(int number, string page, string says, Action<BackportScene> check)
        : this(
            number,
            page,
            says,
            scene =>
            {
                check(scene);
                return Task.CompletedTask;
            }
        ) { }

    /// <summary>Number, page and rule, as the name of its test.</summary>
    public override string ToString() => $"Backport {Number} ({Page}): {Says}";
}
