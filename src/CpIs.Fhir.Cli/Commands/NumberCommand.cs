using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Numbers;

namespace CpIs.Fhir.Cli.Commands;

internal static class NumberCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand(
            "number",
            "Retire an NHS number that is no longer in use, or restore it. It takes two operators."
        )
        {
            Retire(tool),
            Restore(tool),
            Status(tool),
        };

    private static Command Retire(Tool tool)
    {
        var number = TypedNhsNumber.Argument();
        var reason = new Option<string>("--reason")
        {
            Description = "Why. A death is no reason: a notice of death hides nothing.",
            Required = true,
        };
        reason.AcceptOnlyFromAmong([.. InactiveNumber.Reasons]);
        return tool.Runs(
            new ToolCommand(
                "retire",
                "Ask, as an operator, that nothing is shown under an NHS number any more, and that each authority with a plan under it is told. A second operator must approve it within 24 hours.",
                "cpis number retire 9990000018 --reason duplicate --client examples/clients/operator.json"
            )
            {
                number,
                reason,
            },
            async (run, cancellation) =>
            {
                var body = await BodyAsync(run, number, cancellation);
                body["reason"] = run.Get(reason);
                return await AskAsync(run, "retire", body, cancellation);
            }
        );
    }

    private static Command Restore(Tool tool)
    {
        var number = TypedNhsNumber.Argument();
        return tool.Runs(
            new ToolCommand(
                "restore",
                "Ask, as an operator, that a retired NHS number counts as in use again. A second operator must approve it within 24 hours.",
                "cpis number restore 9990000018 --client examples/clients/operator.json"
            )
            {
                number,
            },
            async (run, cancellation) =>
                await AskAsync(run, "restore", await BodyAsync(run, number, cancellation), cancellation)
        );
    }

    private static Command Status(Tool tool)
    {
        var number = TypedNhsNumber.Argument();
        return tool.Runs(
            new ToolCommand(
                "status",
                "Say whether an NHS number was retired, when and why. It says nothing of what is held under it.",
                "cpis number status 9990000018 --client examples/clients/operator.json"
            )
            {
                number,
            },
            async (run, cancellation) =>
            {
                var body = await BodyAsync(run, number, cancellation);
                using var exchange = run.Connect();
                var answer = await SendAsync(exchange, "status", body, cancellation);
                if (!answer.IsSuccess)
                    return run.Report.Refused(answer, "the number");
                var found = answer.ReadJson();
                run.Report.Object(JsonObject.Create(found) ?? []);
                run.Report.Line(
                    found.Text("status") == "retired"
                        ? $"retired since {found.Text("since")}: {found.Text("reason")}"
                        : "in use"
                );
                return ExitCode.Done;
            }
        );
    }

    private static async Task<int> AskAsync(Run run, string what, JsonObject body, CancellationToken cancellation)
    {
        using var exchange = run.Connect();
        var answer = await SendAsync(exchange, what, body, cancellation);
        if (!answer.IsSuccess)
            return run.Report.Refused(answer, "the number");
        var request = answer.ReadJson();
        var id = request.Text("id") ?? throw new CannotRunException("the answer does not name a request.");
        run.Report.Object(JsonObject.Create(request) ?? []);
        run.Report.Line(
            $"authorities that hold a plan under this number: {request.GetProperty("authoritiesAffected")}"
        );
        run.Report.Line($"request {id} needs a second operator within 24 hours: cpis approve {id}");
        return ExitCode.Done;
    }

    private static Task<Answer> SendAsync(
        ExchangeClient exchange,
        string what,
        JsonObject body,
        CancellationToken cancellation
    ) =>
        exchange.SendAsync(
            new Ask(HttpMethod.Post, $"/admin/numbers/{what}") { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) },
            cancellation
        );

    private static async Task<JsonObject> BodyAsync(Run run, Argument<string> number, CancellationToken cancellation) =>
        new() { ["nhsNumber"] = (await TypedNhsNumber.ReadAsync(run, run.Get(number), cancellation)).Digits };
}
