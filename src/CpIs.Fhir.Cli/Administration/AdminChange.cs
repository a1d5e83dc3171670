using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Administration;

/// <summary>One change through the admin interface.</summary>
internal static class AdminChange
{
    /// <summary>Sends it and says that it was done.</summary>
    /// <param name="run">The run.</param>
    /// <param name="method">PUT or POST.</param>
    /// <param name="path">Path below the root.</param>
    /// <param name="body">JSON, or null for none.</param>
    /// <param name="done">What to say, such as <c>XHF01 registered</c>.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static async Task<int> SendAsync(
        Run run,
        HttpMethod method,
        string path,
        JsonObject? body,
        string done,
        CancellationToken cancellation
    )
    {
        using var exchange = run.Connect();
        var answer = await exchange.SendAsync(
            new Ask(method, path)
            {
                Body = body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString()),
                Repeatable = true,
            },
            cancellation
        );
        if (!answer.IsSuccess)
            return run.Report.Refused(answer, "the change");
        run.Report.Object(new JsonObject { ["outcome"] = "done", ["message"] = done });
        run.Report.Line(done);
        return ExitCode.Done;
    }

    /// <summary><c>suspend</c> or <c>restore</c> of an organisation or a client.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="verb"><c>suspend</c> or <c>restore</c>.</param>
    /// <param name="description">For the help.</param>
    /// <param name="idName">What names the subject.</param>
    /// <param name="list">Path of the list it is in.</param>
    /// <param name="example">For the help.</param>
    public static Command Switch(Tool tool, string verb, string description, string idName, string list, string example)
    {
        var id = new Argument<string>(idName);
        return tool.Runs(
            new ToolCommand(verb, description, example) { id },
            (run, cancellation) =>
                SendAsync(
                    run,
                    HttpMethod.Post,
                    $"{list}/{Uri.EscapeDataString(run.Get(id))}/{verb}",
                    null,
                    $"{run.Get(id)} {(verb == "suspend" ? "suspended" : "restored")}",
                    cancellation
                )
        );
    }
}
