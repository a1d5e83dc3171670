using System.CommandLine;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis accesses</c>: who has looked at an authority's children.</summary>
internal static class AccessesCommand
{
    private static readonly RecordList List = new(
        "AuditEvent",
        "accesses",
        Access.Headings,
        async (searches, events, cancellation) => await Access.ReadAsync(searches, events, cancellation)
    );

    public static Command Create(Tool tool)
    {
        var common = new ListOptions();
        var since = DateOption.Of("--since", "Only accesses on or after it; a date is a London day.");
        var until = DateOption.Of("--until", "Only accesses on or before it.");
        var command = new ToolCommand(
            "accesses",
            "Show who has looked at your children, as an authority: unscheduled look-ups that showed a plan of yours, newest first.",
            "cpis accesses --client examples/clients/authority-xhf01.json",
            "cpis accesses --nhs-number 9990000018 --since 2026-11-01",
            "cpis accesses --all --json > accesses.ndjson"
        )
        {
            since,
            until,
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
                return await List.ShowAsync(run, parameters, common.Most(run), cancellation);
            }
        );
    }
}
