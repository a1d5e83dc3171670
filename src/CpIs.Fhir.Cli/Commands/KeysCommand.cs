using System.CommandLine;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class KeysCommand
{
    private const string Path = "/admin/keys";

    public static Command Create(Tool tool) =>
        new ToolCommand("keys", "List and rotate the keys of the exchange itself, as its operator.")
        {
            tool.Runs(
                new ToolCommand(
                    "list",
                    "Show which keys the exchange has.",
                    "cpis keys list --client examples/clients/operator.json"
                ),
                (run, cancellation) =>
                    AdminList.ShowAsync(
                        run,
                        Path,
                        [
                            ("Purpose", "purpose"),
                            ("Id", "id"),
                            ("State", "state"),
                            ("From (UTC)", "from"),
                            ("Until (UTC)", "until"),
                        ],
                        cancellation
                    )
            ),
            Rotate(tool),
        };

    private static Command Rotate(Tool tool)
    {
        var purpose = new Argument<string>("PURPOSE") { Description = "token, webhook or cursor." };
        purpose.AcceptOnlyFromAmong("token", "webhook", "cursor");
        return tool.Runs(
            new ToolCommand(
                "rotate",
                "Make a new key. It is used from 15 seconds later on; what the old one signed stays valid for a while.",
                "cpis keys rotate webhook --client examples/clients/operator.json"
            )
            {
                purpose,
            },
            (run, cancellation) =>
                AdminChange.SendAsync(
                    run,
                    HttpMethod.Post,
                    $"{Path}/{run.Get(purpose)}/rotate",
                    null,
                    $"a new {run.Get(purpose)} key is used from 15 seconds from now on (`cpis keys list` shows when)",
                    cancellation
                )
        );
    }
}
