using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class StampsCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("stamps", "Restart the stamps that decide which upload of an authority is newest.")
        {
            Restart(tool),
        };

    private static Command Restart(Tool tool)
    {
        var reason = new Option<string>("--reason")
        {
            Description = "Why, in 1 to 140 characters. Do not name a child.",
            Required = true,
            HelpName = "TEXT",
        };
        return tool.Runs(
            new ToolCommand(
                "restart",
                "Ask, as a lead, that every upload from now on counts as newer than all earlier ones. A second person must approve it within 24 hours.",
                "cpis stamps restart --reason 'Clock of the extract was wrong' --client examples/clients/authority-xhf01-lead.json"
            )
            {
                reason,
            },
            (run, cancellation) => AskAsync(run, run.Get(reason)!, cancellation)
        );
    }

    private static async Task<int> AskAsync(Run run, string reason, CancellationToken cancellation)
    {
        using var exchange = run.Connect();
        var body = new JsonObject { ["reason"] = reason };
        var answer = await exchange.SendAsync(
            new Ask(HttpMethod.Post, "/admin/stamps/restart") { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) },
            cancellation
        );
        if (!answer.IsSuccess)
            return run.Report.Refused(answer, "the restart of the stamps");
        var request = answer.ReadJson();
        var id = request.Text("id") ?? throw new CannotRunException("the answer does not name a request.");
        run.Report.Object(JsonObject.Create(request) ?? []);
        run.Report.Line($"request {id} needs a second person within 24 hours: cpis approve {id}");
        return ExitCode.Done;
    }
}
