using System.CommandLine;
using CpIs.Fhir.Cli.Administration;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis keys</c>.</summary>
internal static class KeysCommand
{
    private const string Path = "/admin/keys";

    public static Command Create(Tool tool) =>
        new ToolCommand("keys", "Look after the keys by which the exchange itself signs, as its operator.")
        {
            tool.Runs(
                new ToolCommand("list", "Show the exchange's signing keys.", "cpis keys list --client operator.json"),
                (run, cancellation) =>
                    AdminList.ShowAsync(
                        run,
                        Path,
                        [("Purpose", "purpose"), ("Id", "id"), ("Created", "created"), ("Retired", "retired")],
                        cancellation
                    )
            ),
            Rotate(tool),
        };

    private static Command Rotate(Tool tool)
    {
        var purpose = new Argument<string>("PURPOSE") { Description = "token or webhook." };
        purpose.AcceptOnlyFromAmong("token", "webhook");
        return tool.Runs(
            new ToolCommand(
                "rotate",
                "Sign with a new key from now on. What the old one signed can still be verified for a while.",
                "cpis keys rotate webhook --client operator.json"
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
                    $"a new {run.Get(purpose)} key signs from now on",
                    cancellation
                )
        );
    }
}
