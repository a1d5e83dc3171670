using System.CommandLine;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis plans</c>: the plans that an authority holds.</summary>
internal static class PlansCommand
{
    private static readonly RecordList List = new(
        "EpisodeOfCare",
        "plans",
        HeldPlan.Headings,
        (_, page, _) => Task.FromResult<IReadOnlyList<IRow>>(HeldPlan.Of(page))
    );

    public static Command Create(Tool tool)
    {
        var common = new ListOptions();
        var plan = new Option<string?>("--plan")
        {
            Description = "Only the plan with this id of yours.",
            HelpName = "ID",
        };
        var type = PlanTypeNames.Option();
        var status = new Option<string?>("--status") { Description = "Only plans of this status." };
        status.AcceptOnlyFromAmong("active", "finished", "entered-in-error");
        var since = DateOption.Of("--since", "Only plans that run on that day or later.");
        var until = DateOption.Of("--until", "Only plans that began on that day or before.");
        var command = new ToolCommand(
            "plans",
            "Show the plans that you hold, as an authority, the latest change first.",
            "cpis plans --status active --client examples/clients/authority-xhf01.json",
            "cpis plans --nhs-number 9990000018",
            "cpis plans --type looked-after --since 2026-11-01 --until 2026-11-30 --all --json"
        )
        {
            plan,
            type,
            status,
            since,
            until,
        };
        common.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var parameters = (await common.ChildAsync(run, "patient:identifier", cancellation)).ToList();
                if (run.Get(plan) is { } id)
                    parameters.Add(("identifier", SearchValue.Escape(id)));
                if (run.Get(type) is { } name)
                    parameters.Add(("type", PlanTypeNames.CodeOf(name)));
                if (run.Get(status) is { } state)
                    parameters.Add(("status", state));
                if (run.Get(since) is { } from)
                    parameters.Add(("date", "ge" + from));
                if (run.Get(until) is { } to)
                    parameters.Add(("date", "le" + to));
                parameters.Add(("_sort", "-_lastUpdated"));
                parameters.Add(HeldPlan.WithChildren);
                return await List.ShowAsync(run, parameters, common.Most(run), cancellation);
            }
        );
    }
}
