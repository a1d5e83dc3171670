using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreCopyCommand
{
    public static Command Create(Tool tool)
    {
        var from = new StoreChoice("--from", "The store to read");
        var to = new StoreChoice("--to", "The empty store to fill");
        var command = new ToolCommand(
            "copy",
            "Copy a whole store into an empty one, of another kind or with other keys, and verify it.",
            "cpis store copy --from sqlite:./exchange --to mongodb:cpis --to-connection @/run/secrets/mongodb",
            "cpis store copy --from mongodb --to sqlite:./back",
            "cpis store copy --from sqlite:./exchange --to sqlite:./sealed --to-key-file exchange.keys"
        )
        {
            Details = """
                Stop every server of the source first; nothing is written to it. Everything is copied: records with their versions,
                accesses, notices that are still owed, event numbers, registrations, keys, answers kept for repeats.
                If it is interrupted (Ctrl-C, a crash), run the same command again: it continues. Until it has finished, no server
                opens the target. At the end both stores are read again and compared, section by section.

                Exit codes: 0 copied and verified; 1 the target is not empty, or the comparison failed; 2 could not run, or was
                interrupted.
                """,
        };
        foreach (var option in from.Options.Concat(to.Options))
            command.Add(option);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var (reads, writes) = (from.ReadProtection(run), to.ReadProtection(run));
                using var ofSource = reads as IDisposable;
                using var ofTarget = writes as IDisposable;
                try
                {
                    await using var source = await from.OpenSourceAsync(run, reads, cancellation);
                    await using var target = await to.OpenTargetAsync(run, writes, cancellation);
                    return await CopyRun.RunAsync(run, source, target, cancellation);
                }
                catch (StoreUnavailableException failure)
                {
                    throw new CannotRunException(failure.Message, inner: failure);
                }
            }
        );
    }
}
