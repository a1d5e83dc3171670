using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>A change of one plan by form: shown, confirmed, sent for the version that was shown, and told.</summary>
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
    /// <param name="sender">Who is asked.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<int> MakeAsync(
        Run run,
        ExchangeClient exchange,
        HeldPlan plan,
        FormSender sender,
        CancellationToken cancellation
    )
    {
        var changed = Changed(plan);
        await sender.ConfirmAsync(
            run,
            () => Show(run, plan, changed),
            $"{char.ToUpperInvariant(Verb[0])}{Verb[1..]} this plan?",
            cancellation
        );
        var identifier = plan.Resource.List("identifier").First();
        var form = FormEntry.Form(
            new FormEntry(
                FormEntry.NewUrl(),
                JsonObject.Create(changed.Resource)!,
                identifier.Text("system")!,
                identifier.Text("value")!
            )
            {
                Version = plan.Version,
            }
        );
        var answer = await exchange.SendAsync(FormAnswer.Ask(form), cancellation);
        if (!answer.IsSuccess)
        {
            var code = run.Report.Refused(answer, $"the change of plan {plan.PlanId}");
            if (answer.Status == PreconditionFailed)
                run.Report.Note("The plan was changed since it was read. Run the same command again.");
            return code;
        }

        Tell(run, plan, changed, FormAnswer.Of(answer) is [var told] ? told : null);
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

    private void Show(Run run, HeldPlan plan, HeldPlan changed)
    {
        run.Report.Note(Subject(plan));
        foreach (var (what, before, after) in Differences(plan, changed))
            run.Report.Note($"  {what}: {Shown(before)} -> {Shown(after)}");
        if (Caution is { } caution)
            run.Report.Note(caution);
    }

    private void Tell(Run run, HeldPlan plan, HeldPlan changed, FormAnswer? answer)
    {
        // The same version where nothing was left to change.
        var version = answer?.Version ?? plan.Version;
        var problems = answer?.Problems ?? [];
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
