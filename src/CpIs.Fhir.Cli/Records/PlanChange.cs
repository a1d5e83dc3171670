using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Records;

/// <summary>A change of one plan: shown, confirmed, sent for the version that was shown, and told.</summary>
/// <param name="Verb">What is done: <c>end</c>.</param>
/// <param name="Done">What was done: <c>ended</c>.</param>
/// <param name="Status">The status that the plan gets.</param>
/// <param name="End">The last day that the plan gets; null to leave it as it is.</param>
internal sealed record PlanChange(string Verb, string Done, string Status, DateOnly? End)
{
    private const int PreconditionFailed = 412;

    /// <summary>What a person should know before they agree; null for nothing more.</summary>
    public string? Caution { get; init; }

    /// <summary>Asks, changes, and says what was changed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="exchange">Where the plan is held.</param>
    /// <param name="plan">The plan as it was read.</param>
    /// <param name="isAgreed">True when nobody is to be asked.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<int> MakeAsync(
        Run run,
        ExchangeClient exchange,
        HeldPlan plan,
        bool isAgreed,
        CancellationToken cancellation
    )
    {
        var changed = Changed(plan);
        if (!isAgreed && !await AgreesAsync(run, plan, changed, cancellation))
            throw new CannotRunException("not confirmed. Nothing was changed.");
        var answer = await exchange.SendAsync(
            new Ask(HttpMethod.Put, $"EpisodeOfCare/{plan.Id}")
            {
                Body = Encoding.UTF8.GetBytes(changed.Resource.GetRawText()),
                Headers =
                [
                    ("If-Match", string.Create(CultureInfo.InvariantCulture, $"W/\"{plan.Version}\"")),
                    ("Prefer", "return=OperationOutcome"),
                ],
                Repeatable = true,
            },
            cancellation
        );
        if (!answer.IsSuccess)
        {
            var code = run.Report.Refused(answer, $"the change of plan {plan.PlanId}");
            if (answer.Status == PreconditionFailed)
                run.Report.Note("The plan was changed since it was read. Run the same command again.");
            return code;
        }

        Tell(run, plan, changed, answer);
        return ExitCode.Done;
    }

    private HeldPlan Changed(HeldPlan plan)
    {
        var resource = JsonObject.Create(plan.Resource)!;
        resource["status"] = Status;
        if (End is { } day)
            resource["period"]!["end"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        using var document = JsonDocument.Parse(resource.ToJsonString());
        return plan with { Resource = document.RootElement.Clone() };
    }

    private async Task<bool> AgreesAsync(Run run, HeldPlan plan, HeldPlan changed, CancellationToken cancellation)
    {
        if (!run.Surroundings.InIsTerminal)
            return true;
        run.Report.Note(Subject(plan));
        foreach (var (what, before, after) in Differences(plan, changed))
            run.Report.Note($"  {what}: {Shown(before)} -> {Shown(after)}");
        if (Caution is { } caution)
            run.Report.Note(caution);
        return await run.AsksAsync($"{char.ToUpperInvariant(Verb[0])}{Verb[1..]} this plan?", cancellation);
    }

    private void Tell(Run run, HeldPlan plan, HeldPlan changed, Answer answer)
    {
        // Location names the version that there is now: the same one where nothing was left to change.
        var version = int.TryParse(
            answer.Location?.Split('/')[^1],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var now
        )
            ? now
            : plan.Version;
        var problems = Problem.Read(answer.ReadJson()).ToList();
        run.Report.Object(
            new JsonObject
            {
                ["outcome"] = version == plan.Version ? "unchanged" : Done,
                ["id"] = plan.Id,
                ["version"] = version,
                ["planId"] = plan.PlanId,
                ["nhsNumber"] = plan.NhsNumber,
                ["before"] = State(plan),
                ["after"] = State(changed),
                ["problems"] = new JsonArray([.. problems.Select(problem => problem.ToJson())]),
            }
        );
        run.Report.Line(
            version == plan.Version ? $"Already {Done}. Nothing was changed." : $"{Subject(plan)}: {Done}."
        );
        run.Report.Table(
            ["", "Before", "After"],
            [
                .. Differences(plan, changed)
                    .Append(("Version", $"{plan.Version}", $"{version}"))
                    .Select(row => (IReadOnlyList<string>)[row.Item1, Shown(row.Item2), Shown(row.Item3)]),
            ]
        );
        foreach (var problem in problems.Where(problem => problem.Severity != "information"))
            run.Report.Note($"hint: {problem}");
    }

    private static string Subject(HeldPlan plan) => $"Plan {plan.PlanId}, {plan.TypeText}, of {plan.Whose}";

    private static IEnumerable<(string What, string Before, string After)> Differences(
        HeldPlan plan,
        HeldPlan changed
    ) =>
        new[] { ("Status", plan.Status, changed.Status), ("Last day", plan.End, changed.End) }.Where(row =>
            row.Item2 != row.Item3
        );

    private static JsonObject State(HeldPlan plan) =>
        new() { ["status"] = plan.Status, ["end"] = plan.End.Length > 0 ? plan.End : null };

    private static string Shown(string value) => value.Length > 0 ? value : "none";
}
