using System.CommandLine;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Cli.Uploads;

namespace CpIs.Fhir.Cli.Commands;

internal static class UploadCommand
{
    private const int ShownProblems = 10;

    public static Command Create(Tool tool)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Transaction Bundles (JSON): files, folders of *.json, or - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var concurrency = new Option<int>("--concurrency")
        {
            Description =
                "Bundles sent at the same time. Leave it at 1 if two files contain the same plan: only then is the order kept.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        concurrency.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
                result.AddError("--concurrency must be 1 to 64.");
        });
        var ledger = new Option<string?>("--ledger")
        {
            Description =
                "Remembers what was accepted, so that the same command continues after an interruption. One ledger for one run.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "upload",
            "Send an authority's records. Each file is one transaction: all of it is accepted, or nothing.",
            "cpis upload bundle.json --client examples/clients/authority-xhf01.json",
            "cpis upload extract/ --ledger extract.ledger",
            "make-extract | cpis upload - --json"
        )
        {
            files,
            concurrency,
            ledger,
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var sources = UploadSource.Of(run.Get(files), run.Surroundings.In);
                using var exchange = run.Connect();
                using var book = run.Get(ledger) is { } path
                    ? UploadLedger.Open(path, ServerAddress.Guess(run.Server).FhirBase, run.ReadClient().ClientId)
                    : UploadLedger.InMemory();
                var results = new List<UploadResult>();
                string? ended = null;
                await ProgressBar.RunAsync(
                    run.Surroundings,
                    "Uploading",
                    sources.Count,
                    async advance =>
                        ended = await new UploadRun(exchange, book).SendAllAsync(
                            sources,
                            run.Get(concurrency),
                            result =>
                            {
                                lock (results)
                                    results.Add(result);
                                run.Report.Object(result.ToJson());
                                advance();
                            },
                            cancellation
                        )
                );
                return Summarise(run, sources.Count, results, ended);
            }
        );
    }

    /// <summary>The first problems of a Bundle; all of them with <c>--json</c>.</summary>
    private static void SayProblems(Run run, UploadResult result)
    {
        var problems = result.Problems ?? [];
        foreach (var problem in problems.Take(ShownProblems))
            run.Report.Note($"{result.File}: {(result.Outcome == UploadResult.Accepted ? "hint: " : "")}{problem}");
        if (problems.Count > ShownProblems)
            run.Report.Note($"{result.File}: and {problems.Count - ShownProblems} more (--json shows all)");
    }

    private static int Summarise(Run run, int total, List<UploadResult> results, string? ended)
    {
        foreach (var result in results)
            SayProblems(run, result);
        int Count(string outcome) => results.Count(r => r.Outcome == outcome);
        var (accepted, refused, failed) = (
            Count(UploadResult.Accepted),
            Count(UploadResult.Refused),
            Count(UploadResult.Failed)
        );
        var (skipped, unsent) = (Count(UploadResult.Skipped), total - results.Count);
        run.Report.Table(
            ["Bundles", "Number", "Created", "Updated", "Unchanged", "Superseded"],
            [
                [
                    "accepted",
                    $"{accepted}",
                    $"{results.Sum(r => r.Created)}",
                    $"{results.Sum(r => r.Updated)}",
                    $"{results.Sum(r => r.Unchanged)}",
                    $"{results.Sum(r => r.Superseded)}",
                ],
                .. (ReadOnlySpan<IReadOnlyList<string>>)
                    [
                        ["accepted before (ledger)", $"{skipped}", "", "", "", ""],
                        ["refused, nothing stored", $"{refused}", "", "", "", ""],
                        ["failed, to be sent again", $"{failed}", "", "", "", ""],
                        ["not sent", $"{unsent}", "", "", "", ""],
                    ],
            ]
        );
        run.Report.Object(
            new JsonObject
            {
                ["summary"] = new JsonObject
                {
                    ["accepted"] = accepted,
                    ["skipped"] = skipped,
                    ["refused"] = refused,
                    ["failed"] = failed,
                    ["notSent"] = unsent,
                    ["created"] = results.Sum(r => r.Created),
                    ["updated"] = results.Sum(r => r.Updated),
                    ["unchanged"] = results.Sum(r => r.Unchanged),
                    ["superseded"] = results.Sum(r => r.Superseded),
                },
            }
        );
        if (ended is not null)
            run.Report.Note("cpis: ended early: " + ended);
        return failed > 0 || (unsent > 0 && refused == 0) ? ExitCode.CouldNotRun
            : refused > 0 ? ExitCode.Refused
            : ExitCode.Done;
    }
}
