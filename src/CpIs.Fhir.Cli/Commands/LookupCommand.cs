using System.CommandLine;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.LookUps;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Cli.Commands;

internal static class LookupCommand
{
    public static Command Create(Tool tool)
    {
        var number = TypedNhsNumber.Argument();
        var scheduled = new Option<bool>("--scheduled")
        {
            Description = "A scheduled (silent) look-up: the authority gets no notice. Without this option it does.",
        };
        var user = new Option<string?>("--user")
        {
            Description = "The person for whom to ask (JSON), instead of the client file's.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "lookup",
            "Look a child up, as a care setting.",
            "cpis lookup 9990000018 --client examples/clients/hareford-ed-doctor.json",
            "echo 9990000018 | cpis lookup - --scheduled --json"
        )
        {
            Details = """
                Shows one of three answers:
                  PLAN HELD            what each authority holds, and its phones
                  No plan found        does not mean "no concern"
                  WE COULD NOT CHECK   whether there is a plan is unknown; exit code 1 (refused) or 2
                """,
        };
        command.Add(number);
        command.Add(scheduled);
        command.Add(user);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var child = await TypedNhsNumber.ReadAsync(run, run.Get(number), cancellation);
                using var exchange = run.Connect(run.Get(user));
                Answer answer;
                try
                {
                    answer = await exchange.SendAsync(Ask(child, run.Get(scheduled)), cancellation);
                }
                catch (CannotRunException unknown)
                {
                    return SayCouldNotCheck(run.Report, [unknown.Message], unknown.ExitCode);
                }

                if (!answer.IsSuccess)
                    return SayCouldNotCheck(
                        run.Report,
                        [
                            $"HTTP {answer.Status}, X-Request-ID {answer.RequestId}",
                            .. answer.Problems.Select(p => p.ToString()),
                        ],
                        ExitCode.Of(answer.Status)
                    );
                if (LookUpView.Read(answer.Body) is not { } view)
                    return SayCouldNotCheck(
                        run.Report,
                        ["the answer is not a complete answer to a look-up."],
                        ExitCode.CouldNotRun
                    );
                Show(run.Report, view);
                return ExitCode.Done;
            }
        );
    }

    private static Ask Ask(NhsNumber child, bool scheduled) =>
        new(HttpMethod.Post, "Patient/$child-protection")
        {
            Body = System.Text.Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["resourceType"] = "Parameters",
                    ["parameter"] = new JsonArray(
                        new JsonObject { ["name"] = "nhsNumber", ["valueString"] = child.Digits }
                    ),
                }.ToJsonString()
            ),
            Headers = scheduled ? [("IsUnscheduledAccessEvent", "false")] : [],
        };

    private static int SayCouldNotCheck(Report report, IReadOnlyList<string> reasons, int exitCode)
    {
        // Promise 9: an unknown outcome is never an empty result.
        report.Headline(LookUpTexts.Failure, Tone.Doubt);
        foreach (var reason in reasons)
            report.Note("cpis: " + reason);
        report.Object(
            new JsonObject
            {
                ["state"] = "could-not-check",
                ["outcome"] = exitCode == ExitCode.Refused ? "refused" : "could-not-run",
                ["problems"] = new JsonArray([.. reasons.Select(r => (JsonNode)JsonValue.Create(r))]),
            }
        );
        return exitCode;
    }

    private static void Show(Report report, LookUpView view)
    {
        report.Object(view.ToJson());
        if (view.IsHeld)
            report.Line(AnswerTexts.NotForThePatient);
        report.Headline(view.Texts[0], view.IsHeld ? Tone.Alarm : Tone.Calm);
        foreach (var text in view.Texts.Skip(1))
            report.Line(text);
        if (view.Plans.Count == 0)
            return;
        report.Line();
        report.Table(
            ["Plan", "Person", "Born", "From", "To", "Authority"],
            [
                .. view.Plans.Select(p =>
                    (IReadOnlyList<string>)
                        [p.Plan, p.Person, p.BirthDate, p.Start, p.End, $"{p.Authority} ({p.AuthorityCode})"]
                ),
            ]
        );
        report.Line();
        report.Table(
            ["Authority to phone", "Office hours", "Emergency duty"],
            [
                .. view
                    .Plans.DistinctBy(p => p.AuthorityCode)
                    .Select(p => (IReadOnlyList<string>)[p.Authority, p.OfficePhone, p.EmergencyPhone]),
            ]
        );
        report.Line();
        report.Table(
            ["Looked up", "By", "Role", "At"],
            [.. view.History.Select(h => (IReadOnlyList<string>)[h.LondonTime, h.Person, h.Role, h.Organisation])]
        );
    }
}
