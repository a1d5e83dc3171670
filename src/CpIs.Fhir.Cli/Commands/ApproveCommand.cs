using System.CommandLine;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class ApproveCommand
{
    public static Command Create(Tool tool)
    {
        var id = new Argument<string>("ID") { Description = "Id of the request, from the person who asked." };
        return tool.Runs(
            new ToolCommand(
                "approve",
                "Approve, as the second person of your organisation, what another person asked for.",
                "cpis approve 0199c1a0-0000-7000-8000-000000000000 --client examples/clients/authority-xhf01-worker.json"
            )
            {
                id,
            },
            (run, cancellation) =>
                AdminChange.SendAsync(
                    run,
                    HttpMethod.Post,
                    $"/admin/approvals/{Uri.EscapeDataString(run.Get(id)!)}",
                    null,
                    $"request {run.Get(id)} approved and done",
                    cancellation
                )
        );
    }
}
