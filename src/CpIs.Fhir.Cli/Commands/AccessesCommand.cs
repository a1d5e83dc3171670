using System.CommandLine;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis accesses</c>: who has looked at an authority's children.</summary>
internal static class AccessesCommand
{
    private static readonly RecordList List = new(
        "AuditEvent",
        "accesses",
        Access.Headings,
        async (searches, page, cancellation) => await Access.ReadAsync(searches, page.Resources, cancellation)
    );

    public static Command Create(Tool tool)
    {
        var common = new ListOptions();
        var since = DateOption.Of("--since", "Only accesses on or after it; a date is a London day.");
        var until = DateOption.Of("--until", "Only accesses on or before it.");
        var by = new Option<string?>("--by")
        {
            Description =
                "Only accesses by this setting (ODS code), person (SDS user id) or client. Needs --nhs-number, or --since and --until at most 31 days apart.",
            HelpName = "ID",
        };
        var command = new ToolCommand(
            "accesses",
            "Show who has looked at your children, as an authority: unscheduled look-ups that showed a plan of yours, newest first.",
            "cpis accesses --client examples/clients/authority-xhf01.json",
            "cpis accesses --nhs-number 9990000018 --since 2026-11-01",
            "cpis accesses --by XED01 --since 2026-11-01 --until 2026-11-30",
            "cpis accesses --all --json > accesses.ndjson"
        )
        {
            since,
            until,
            by,
        };
        common.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var parameters = (await common.ChildAsync(run, "patient:identifier", cancellation)).ToList();
                if (run.Get(since) is { } from)
                    parameters.Add(("date", "ge" + from));
                if (run.Get(until) is { } to)
                    parameters.Add(("date", "le" + to));
                if (run.Get(by) is { } agent)
                    parameters.Add(("agent:identifier", SearchValue.Escape(agent)));
                return await List.ShowAsync(run, parameters, common.Most(run), cancellation);
            }
        );
    }
}
