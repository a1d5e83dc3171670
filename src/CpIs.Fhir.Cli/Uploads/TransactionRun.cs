using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>Sends transactions, and shows how each fared.</summary>
internal sealed class TransactionRun(Run run, ExchangeClient exchange)
{
    private const int ShownProblems = 10;

    /// <summary>Sends them.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> SendAsync(
        IReadOnlyList<UploadSource> sources,
        int concurrency,
        string? ledger,
        CancellationToken cancellation
    )
    {
        using var book = ledger is null
            ? UploadLedger.InMemory()
            : UploadLedger.Open(ledger, ServerAddress.Guess(run.Server).FhirBase, run.ReadClient().ClientId);
        var results = new List<UploadResult>();
        string? ended = null;
        await ProgressBar.RunAsync(
            run.Surroundings,
            "Uploading",
            sources.Count,
            async advance =>
                ended = await new UploadRun(exchange, book).SendAllAsync(
                    sources,
                    concurrency,
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
        return Summarise(sources.Count, results, ended);
    }

    /// <summary>The first problems of a Bundle; all of them with <c>--json</c>.</summary>
    private void SayProblems(UploadResult result)
    {
        var problems = result.Problems ?? [];
        foreach (var problem in problems.Take(ShownProblems))
            run.Report.Note($"{result.File}: {(result.Outcome == UploadResult.Accepted ? "hint: " : "")}{problem}");
        if (problems.Count > ShownProblems)
            run.Report.Note($"{result.File}: and {problems.Count - ShownProblems} more (--json shows all)");
    }

    private int Summarise(int total, List<UploadResult> results, string? ended)
    {
        foreach (var result in results)
            SayProblems(result);
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
