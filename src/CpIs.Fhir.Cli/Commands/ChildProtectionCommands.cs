using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis child protect</c> and <c>unprotect</c>: hides from others whose plans a child has (a family in flight), or ends that.</summary>
internal static class ChildProtectionCommands
{
    public static Command Protect(Tool tool) =>
        Create(
            tool,
            new ToolCommand(
                "protect",
                "Protect a child: others see only that a protected record is held, and the exchange's phone.",
                "cpis child protect 9990000018 --reason 'Family in flight' --client examples/clients/authority-xhf01-lead.json"
            )
            {
                Details =
                    "Needs a person with the activity lead, worker or duty. It covers all your plans of the child. No upload ends it.",
            },
            "protect"
        );

    public static Command Unprotect(Tool tool) =>
        Create(
            tool,
            new ToolCommand(
                "unprotect",
                "End the protection of a child: others see your plans again, with your name and phones.",
                "cpis child unprotect 9990000018 --reason 'Family is safe' --client examples/clients/authority-xhf01-lead.json"
            )
            {
                Details =
                    "Needs a person with the activity lead. Take the mark out of your case system first, or its next upload sets it again.",
            },
            "unprotect"
        );

    private static Command Create(Tool tool, ToolCommand command, string operation)
    {
        var number = TypedNhsNumber.Argument();
        var reason = new Option<string>("--reason")
        {
            Description = "Why, in 1 to 140 characters. Do not name a child or a place.",
            Required = true,
            HelpName = "TEXT",
        };
        command.Add(number);
        command.Add(reason);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var child = await TypedNhsNumber.ReadAsync(run, run.Get(number), cancellation);
                using var exchange = RecordList.ConnectAsOwner(run);
                var id = await FindAsync(exchange, child, cancellation);
                var answer = await exchange.SendAsync(Ask(id, operation, run.Get(reason)!), cancellation);
                if (!answer.IsSuccess)
                    return run.Report.Refused(answer, $"the {operation} of the child");
                var said = string.Join(' ', Problem.Read(answer.ReadJson()).Select(problem => problem.Text));
                run.Report.Object(new JsonObject { ["patient"] = id, ["outcome"] = said });
                run.Report.Line(said);
                return ExitCode.Done;
            }
        );
    }

    private static async Task<string> FindAsync(
        ExchangeClient exchange,
        NhsNumber child,
        CancellationToken cancellation
    )
    {
        var wanted = $"{FhirSystems.NhsNumber}|{child.Digits}";
        await foreach (
            var page in new Searches(exchange).PagesAsync("Patient", [("identifier", wanted)], 1, cancellation)
        )
            if (page.Resources.Select(HeldChild.Of).FirstOrDefault() is { } held)
                return held.Id;
        throw new CannotRunException("you hold no child with this NHS number. Nothing was changed.");
    }

    private static Ask Ask(string id, string operation, string reason) =>
        new(HttpMethod.Post, $"Patient/{id}/${operation}")
        {
            Body = Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["resourceType"] = "Parameters",
                    ["parameter"] = new JsonArray(new JsonObject { ["name"] = "reason", ["valueString"] = reason }),
                }.ToJsonString()
            ),
            Repeatable = true,
        };
}
