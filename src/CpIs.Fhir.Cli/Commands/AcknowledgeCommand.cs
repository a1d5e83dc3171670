using System.CommandLine;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Notices;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis acknowledge</c>: a named person takes attendances of the work-list.</summary>
internal static class AcknowledgeCommand
{
    /// <summary>The exchange takes no more in one request.</summary>
    private const int Most = 100;

    public static Command Create(Tool tool)
    {
        var attendances = new Argument<string[]>("ATTENDANCE")
        {
            Description = "Reference (K7F-4M2Q) or id of an attendance, from cpis worklist.",
            Arity = new ArgumentArity(1, Most),
        };
        var taker = new Taker();
        var command = new ToolCommand(
            "acknowledge",
            "Take attendances of the work-list, as an authority: a named person knows of them, and they no longer wait.",
            "cpis acknowledge K7F-4M2Q --person 'Ann Example' --client examples/clients/authority-xhf01.json",
            "cpis acknowledge K7F-4M2Q 3XW-P81D --person 'Ann Example' --note 'Phoned the ward.' --yes"
        )
        {
            Details = """
                What happens in an attendance after the work-list was read stays on the list. Taking one twice changes nothing.
                """,
        };
        command.Add(attendances);
        taker.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var person = taker.NameOf(run);
                using var exchange = RecordList.ConnectAsOwner(run);
                var chosen = await new AttendanceChoice(new WorklistReader(exchange)).FindAsync(
                    run.Get(attendances),
                    cancellation
                );
                if (run.Surroundings.InIsTerminal)
                    Show(run, chosen);
                await taker.ConfirmAsync(run, QuestionOf(chosen, person), cancellation);
                using var body = new ParametersWriter();
                foreach (var id in chosen.Ids)
                    body.Add("attendance", "valueId", id);
                taker.Write(run, body.Add("asOf", chosen.AsOf));
                var answer = await exchange.GetAsync(
                    new Ask(HttpMethod.Post, "$acknowledge") { Body = body.Finish(), Repeatable = true },
                    "taking notices",
                    cancellation
                );
                Taking.Of(answer.ReadJson()).Show(run.Report);
                return ExitCode.Done;
            }
        );
    }

    private static void Show(Run run, ChosenAttendances chosen)
    {
        foreach (var each in chosen.Shown)
            run.Report.Note("  " + string.Join("  ", each.Cells.Where(cell => cell.Length > 0)));
        foreach (var id in chosen.Ids.Except(chosen.Shown.Select(each => each.Id)))
            run.Report.Note($"  {id}: told or taken more than 30 days ago, or unknown");
    }

    private static string QuestionOf(ChosenAttendances chosen, string person) =>
        chosen.Ids.Count == 1
            ? $"Take this attendance as {person}?"
            : $"Take these {chosen.Ids.Count} attendances as {person}?";
}
