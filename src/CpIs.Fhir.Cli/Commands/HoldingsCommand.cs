using System.CommandLine;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis holdings</c>: everything that the exchange holds of an authority.</summary>
internal static class HoldingsCommand
{
    private const string Path = "$holdings";
    private const string What = "reading what is held";

    public static Command Create(Tool tool)
    {
        var csv = new Option<FileInfo?>("--csv")
        {
            Description = "Write a table for a spreadsheet to this file: a row for each plan.",
            HelpName = "FILE",
        };
        return tool.Runs(
            new ToolCommand(
                "holdings",
                "Show everything that the exchange holds of you, as an authority, but what was withdrawn.",
                "cpis holdings --client examples/clients/authority-xhf01.json",
                "cpis holdings --csv held.csv",
                "cpis holdings --json >held.ndjson"
            )
            {
                Details =
                    "With --json each line is a record as a daily file has it: the file can be sent back by $upload as it is. Each reading is put on record.",
                Options = { csv },
            },
            async (run, cancellation) =>
            {
                using var exchange = RecordList.ConnectAsOwner(run);
                return run.Get(csv) is { } file
                    ? await SaveAsync(run, exchange, file, cancellation)
                    : await ShowAsync(run, exchange, cancellation);
            }
        );
    }

    private static async Task<int> SaveAsync(
        Run run,
        ExchangeClient exchange,
        FileInfo file,
        CancellationToken cancellation
    )
    {
        // A file of before stays until the new one is whole.
        var part = file.FullName + ".part";
        try
        {
            await using (var into = File.Create(part))
                await exchange.GetAsync(AskFor("text/csv") with { Into = into }, What, cancellation);
            File.Move(part, file.FullName, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        run.Report.Object(new() { ["outcome"] = "done", ["file"] = file.FullName });
        run.Report.Line($"written: {file.FullName}");
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Run run, ExchangeClient exchange, CancellationToken cancellation)
    {
        var answer = await exchange.GetAsync(AskFor("application/fhir+ndjson"), What, cancellation);
        var lines = Encoding.UTF8.GetString(answer.Body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (run.Report.IsJson)
            foreach (var line in lines)
                run.Report.Bare(line);
        else
            RowTable.ShowChildren(run.Report, HeldPlan.Headings, [.. lines.SelectMany(PlansOf)]);
        return ExitCode.Done;
    }

    private static IEnumerable<HeldPlan> PlansOf(string record)
    {
        using var json = JsonDocument.Parse(record);
        var resources = json.RootElement.List("entry").Select(entry => entry.At("resource").Clone()).ToList();
        var child = HeldChild.Of(resources[0]);
        return resources.Skip(1).Select(plan => new HeldPlan(plan, child));
    }

    private static Ask AskFor(string type) =>
        new(HttpMethod.Get, Path) { Repeatable = true, Headers = [("Accept", type)] };
}
