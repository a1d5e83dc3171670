using System.CommandLine;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class TokenCommand
{
    public static Command Create(Tool tool)
    {
        var user = new Option<string?>("--user")
        {
            Description = "The person for whom to ask (JSON), instead of the client file's.",
            HelpName = "FILE",
        };
        var scope = new Option<string?>("--scope")
        {
            Description = "SMART scopes, separated by spaces; by default all that the client has.",
        };
        var command = new ToolCommand(
            "token",
            "Print an access token, and nothing else, for use with curl.",
            "cpis token --client examples/clients/hareford-ed-doctor.json",
            "curl -H \"Authorization: Bearer $(cpis token)\" http://127.0.0.1:8080/FHIR/R4/..."
        )
        {
            user,
            scope,
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = run.Connect(run.Get(user), run.Get(scope));
                var token = await exchange.TokenAsync(cancellation);
                if (run.Report.IsJson)
                    run.Report.Object(new JsonObject { ["accessToken"] = token });
                else
                    run.Report.Bare(token);
                return ExitCode.Done;
            }
        );
    }
}
