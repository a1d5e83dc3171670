using System.CommandLine;
using CpIs.Fhir.Cli.Notices;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis worklist</c>: what an authority has not been told of, or has not taken.</summary>
internal static class WorklistCommand
{
    public static Command Create(Tool tool)
    {
        var states = new Option<string[]>("--state")
        {
            Description =
                "untold (nobody was told), told (delivered, taken by nobody), taken (by a named person). Give it more than once for more than one. [untold]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "untold|told|taken",
        };
        states.AcceptOnlyFromAmong("untold", "told", "taken");
        var since = DateOption.Of(
            "--since",
            "Only look-ups since then; a date is a London day. Without it all that are untold, and 30 days of the others."
        );
        var watch = new Option<bool>("--watch")
        {
            Description = "Look again and again, and show only what is new. Ctrl+C ends.",
        };
        var every = new Option<int>("--every")
        {
            Description = "Seconds between two looks of --watch.",
            DefaultValueFactory = _ => 10,
            HelpName = "SECONDS",
        };
        every.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--every must be 1 or more.");
        });
        var limit = new LineLimit();
        var command = new ToolCommand(
            "worklist",
            "Show what you have not been told of, as an authority, the oldest first; as an operator, ages and counts by authority.",
            "cpis worklist --client examples/clients/authority-xhf01.json",
            "cpis worklist --state told --since 2026-11-23",
            "cpis worklist --watch",
            "cpis worklist --all --json | jq -r .reference"
        )
        {
            Details = """
                One line is one attendance of a child at one setting. Its reference is short enough to say on the telephone.
                Reading the work-list tells nobody: a named person takes an attendance with cpis acknowledge.
                """,
        };
        command.Add(states);
        command.Add(since);
        command.Add(watch);
        command.Add(every);
        limit.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = RecordList.ConnectAsOwner(run);
                var isOperator = run.ReadClient().Kind == CallerKind.Operator;
                IReadOnlyList<string> wanted =
                    isOperator ? []
                    : run.Get(states) is { Length: > 0 } given ? [.. given.Distinct()]
                    : ["untold"];
                var reader = new WorklistReader(exchange, run.Get(watch));
                var view = new WorklistView(run.Report, isOperator, wanted is ["untold"]);
                if (!run.Get(watch))
                {
                    var read = await reader.ReadAsync(wanted, run.Get(since), limit.Most(run), cancellation);
                    view.Show(read, run.Get(since));
                    return ExitCode.Done;
                }

                try
                {
                    await new WorklistWatch(reader, view, run.Report, run.Surroundings.Time).RunAsync(
                        wanted,
                        run.Get(since),
                        TimeSpan.FromSeconds(run.Get(every)),
                        cancellation
                    );
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // Ctrl+C is how it ends.
                }

                return ExitCode.Done;
            }
        );
    }
}
