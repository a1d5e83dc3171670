using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Forms;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis child add</c>: a plan of one child, by form, for what cannot wait for the night.</summary>
internal static class ChildAddCommand
{
    private const string Profile = "CPIS-Upload";

    public static Command Create(Tool tool)
    {
        var number = TypedNhsNumber.Argument();
        var questions = new ChildQuestions();
        var sender = new FormSender();
        var command = new ToolCommand(
            "add",
            "Add a plan of a child now, without waiting for the next file.",
            "cpis child add 9990000018 --client examples/clients/authority-xhf01-worker.json",
            "cpis child add 9990000018 --family Fernwood --given 'Robin Alex' --born 2019-04-23 --plan CPP-0009 --type 'child protection' --yes",
            "cpis child add - --plan UB-0004 --type unborn --end 2027-02-10 --protected"
        )
        {
            Details = """
                At a terminal you are asked for what you did not give, shown what will be stored, and asked to confirm it.
                Of a child that you hold, who does not say otherwise means the name and date of birth that are held.
                A plan id that you hold already is changed to what you say here.
                """,
        };
        command.Add(number);
        questions.AddTo(command);
        sender.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var child = await TypedNhsNumber.ReadAsync(run, run.Get(number), cancellation);
                using var exchange = sender.Connect(run);
                var held = await HeldAsync(exchange, child, cancellation);
                var added = await questions.ReadAsync(run, child, held, cancellation);
                var form = added.ToForm();
                Validate(run, form);
                await sender.ConfirmAsync(run, () => Show(run, added, held), "Store this?", cancellation);
                var answer = await exchange.SendAsync(FormAnswer.Ask(form), cancellation);
                if (!answer.IsSuccess)
                    return run.Report.Refused(answer, $"plan {added.PlanId}");
                Tell(run, added, FormAnswer.Of(answer));
                return ExitCode.Done;
            }
        );
    }

    private static async Task<HeldChild?> HeldAsync(
        ExchangeClient exchange,
        NhsNumber child,
        CancellationToken cancellation
    )
    {
        var wanted = $"{FhirSystems.NhsNumber}|{child.Digits}";
        await foreach (
            var page in new Searches(exchange).PagesAsync("Patient", [("identifier", wanted)], 1, cancellation)
        )
            return page.Resources.Select(HeldChild.Of).FirstOrDefault();
        return null;
    }

    /// <summary>What the profiles refuse is told before it is sent; what only the exchange knows, it tells itself.</summary>
    private static void Validate(Run run, JsonObject form)
    {
        var set = ConformanceSet.CoreAndOurs();
        var errors = set
            .Validator.Validate(
                FhirSource.Read(Encoding.UTF8.GetBytes(form.ToJsonString())),
                [set.Canonical(Profile)!],
                ValidatorOptions.Default
            )
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .ToList();
        if (errors.Count == 0)
            return;
        foreach (var error in errors)
            run.Report.Note($"{error.Message} [{error.Rule}]");
        throw new CannotRunException("this cannot be stored. Nothing was sent.");
    }

    private static void Show(Run run, NewChild added, HeldChild? held)
    {
        run.Report.Note("This will be stored:");
        foreach (var (what, value) in added.Lines)
            run.Report.Note($"  {what + ":", -16}{value}");
        foreach (var difference in held is null ? [] : added.DifferencesFrom(held))
            run.Report.Note($"You hold this child with another {difference}");
    }

    private static void Tell(Run run, NewChild added, IReadOnlyList<FormAnswer> answers)
    {
        var (patient, plan) = (answers[0], answers[1]);
        var problems = answers.SelectMany(answer => answer.Problems).ToList();
        var outcome =
            plan.IsNew ? "created"
            : plan.Problems.Any(problem => problem.Text.StartsWith("Unchanged", StringComparison.Ordinal)) ? "unchanged"
            : "updated";
        run.Report.Object(
            new JsonObject
            {
                ["outcome"] = outcome,
                ["id"] = plan.Id,
                ["version"] = plan.Version,
                ["patient"] = patient.Id,
                ["planId"] = added.PlanId,
                ["nhsNumber"] = added.Number.Digits,
                ["type"] = PlanTypeNames.Of(added.Type),
                ["protected"] = added.IsProtected,
                ["problems"] = new JsonArray([.. problems.Select(problem => problem.ToJson())]),
            }
        );
        run.Report.Line(
            $"Plan {added.PlanId}, {added.Type.Display}, of {added.Number.Digits} {string.Join(' ', added.Given.Append(added.Family))}: {outcome}."
        );
        foreach (var problem in problems.Where(problem => problem.Severity != "information"))
            run.Report.Note($"hint: {problem}");
    }
}
