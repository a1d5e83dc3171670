using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite.Epochs;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreRestoredCommand
{
    public static Command Create(Tool tool)
    {
        var choice = new StoreChoice("--store", "The store");
        var jump = new Option<long>("--jump")
        {
            Description = "How far event numbers jump: more than any Subscription was given since the backup.",
            DefaultValueFactory = _ => RestoreTerms.UsualJump,
            HelpName = "N",
        };
        var mark = new Option<string?>("--mark")
        {
            Description = "The file that Store:RestoreMark names, where the server kept one.",
            HelpName = "FILE",
        };
        var again = new Option<bool>("--again")
        {
            Description = "Jump once more, although nothing was numbered since the last time.",
        };
        var command = new ToolCommand(
            "restored",
            "The step after a restore, before a server starts: no event number is given twice.",
            "cpis store restored --store sqlite:/var/lib/cpis",
            "cpis store restored --store mongodb:cpis --store-connection @/run/secrets/mongodb --json > restored.json"
        )
        {
            Details = """
                Stop every server first. A backup does not know which event numbers were given after it was made. This lets the numbers
                of every Subscription jump past them, in one commit, and shows what to tell each authority. Keep what it shows.
                Run a second time before a server starts, it changes nothing and shows the same. Use --again when the same backup
                was restored once more, and a larger --jump when the numbers after an earlier restore may have been given already.

                Exit codes: 0 done, or done before; 2 could not run: nothing was changed, or all of it. Run it again.
                """,
            Options = { choice.Store, choice.Connection, jump, mark, again },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                if (run.Get(jump) is < 2 or > RestoreTerms.MostJump)
                    throw new CannotRunException($"--jump must be 2 to {RestoreTerms.MostJump}.");
                try
                {
                    var terms = new RestoreTerms(
                        run.Surroundings.Time.GetUtcNow(),
                        run.Get(jump),
                        run.Get(again),
                        ReadMark(run.Get(mark))
                    );
                    await using var restore = await choice.OpenRestoreAsync(run, cancellation);
                    RestoredReport.Tell(run.Report, restore.Description, await restore.RunAsync(terms, cancellation));
                    return ExitCode.Done;
                }
                catch (StoreUnavailableException failure)
                {
                    throw new CannotRunException(failure.Message, inner: failure);
                }
            }
        );
    }

    private static RestoreMark? ReadMark(string? path) =>
        path is null ? null
        : new RestoreMarkFile(path).Read() is { } mark ? mark
        : throw new CannotRunException($"--mark {path}: the file does not exist.");
}
