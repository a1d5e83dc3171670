using System.CommandLine;
using System.Text.Json;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Cli.Uploads;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Cli.Commands;

internal static class UploadCommand
{
    public static Command Create(Tool tool)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Daily files (CSV, NDJSON, or a Bundle of records) or transaction Bundles: files, folders of *.json, or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var concurrency = new Option<int>("--concurrency")
        {
            Description =
                "Transactions sent at the same time. Leave it at 1 if two files contain the same plan: only then is the order kept.",
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
                $"Remembers what was accepted, so that the same command continues after an interruption. Transactions: one ledger for one run. Daily files: without it {DailyLedger.DefaultName} next to the file.",
            HelpName = "FILE",
        };
        var sequence = new Option<long?>("--sequence")
        {
            Description =
                "Number of the daily file, which goes up with each. [the minute of --made, or the last number + 1]",
            HelpName = "N",
        };
        var made = new Option<string?>("--made")
        {
            Description =
                "When the data was taken from your register, such as 2026-07-01T22:00. An older file never overwrites a newer one. [the time of the file: a copy may have a later one]",
            HelpName = "TIME",
        };
        var mode = new Option<string>("--mode")
        {
            Description = "delta: the daily file holds what changed. full: it holds all that you have.",
            DefaultValueFactory = _ => "delta",
        };
        mode.AcceptOnlyFromAmong("delta", "full");
        var count = new Option<int?>("--count")
        {
            Description =
                "How many records the daily file has: one that was cut off is then refused. 0 for a day without changes.",
            HelpName = "N",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Answer the same, and store nothing." };
        var csv = new Option<string?>("--csv")
        {
            Description = "Write the acknowledgement of the daily file as CSV, for a spreadsheet.",
            HelpName = "FILE",
        };
        var template = new Option<bool>("--template")
        {
            Description = "Write an empty CSV file with its columns and an example.",
        };
        var watch = new Option<string?>("--watch")
        {
            Description =
                "Take daily files out of this folder as they come, until Ctrl-C. Each goes into done or refused below it, with its answer.",
            HelpName = "DIR",
        };
        var command = new ToolCommand(
            "upload",
            "Send an authority's records: a daily file, in which each record is accepted by itself, or a transaction, all of which is accepted or nothing.",
            "cpis upload --template > today.csv",
            "cpis upload today.csv --dry-run",
            "cpis upload today.csv --csv answer.csv",
            "cpis upload --watch outbox/",
            "cpis upload bundle.json --client examples/clients/authority-xhf01.json",
            "cpis upload extract/ --ledger extract.ledger",
            "make-extract | cpis upload - --json"
        );
        command.Add(files);
        foreach (
            var option in new Option[]
            {
                concurrency,
                ledger,
                sequence,
                made,
                mode,
                count,
                dryRun,
                csv,
                template,
                watch,
            }
        )
            command.Add(option);
        command.Validators.Add(result =>
        {
            var ways =
                (result.GetValue(files) is { Length: > 0 } ? 1 : 0)
                + (result.GetValue(template) ? 1 : 0)
                + (result.GetValue(watch) is null ? 0 : 1);
            if (ways != 1)
                result.AddError("Give files to send, or --watch DIR, or --template.");
            if (
                result.GetValue(watch) is not null
                && (
                    result.GetValue(sequence) is not null
                    || result.GetValue(made) is not null
                    || result.GetValue(count) is not null
                    || result.GetValue(csv) is not null
                    || result.GetValue(dryRun)
                )
            )
                result.AddError(
                    "--watch takes no --sequence, --made, --count, --csv and --dry-run: they are about one file."
                );
        });
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                if (run.Get(template))
                {
                    run.Report.Bare(CsvColumns.Template.TrimEnd());
                    return ExitCode.Done;
                }

                var options = new DailyOptions
                {
                    Sequence = run.Get(sequence),
                    Made = run.Get(made),
                    Mode = run.Get(mode)!,
                    Count = run.Get(count),
                    IsDryRun = run.Get(dryRun),
                    Csv = run.Get(csv),
                    Ledger = run.Get(ledger),
                };
                using var exchange = run.Connect();
                if (run.Get(watch) is { } folder)
                    return await new DailyRun(run, exchange, options).WatchAsync(folder, cancellation);
                var daily = new List<(UploadSource Source, UploadForm Form, JsonElement Bundle)>();
                var transactions = new List<UploadSource>();
                foreach (var source in UploadSource.Of(run.Get(files), run.Surroundings.In))
                    if (
                        await FormOfAsync(source, cancellation) is (not UploadForm.Transaction and var form, var bundle)
                    )
                        daily.Add((source, form, bundle));
                    else
                        transactions.Add(source);
                var isOfDaily = new Option[] { sequence, made, mode, count, dryRun, csv }
                    .Where(run.IsGiven)
                    .ToList();
                if (transactions.Count > 0 && isOfDaily.Count > 0)
                    throw new CannotRunException(
                        $"{transactions[0].Name} is a transaction, and {isOfDaily[0].Name} is about a daily file: CSV, NDJSON, or a Bundle of records."
                    );
                if (daily.Count > 1 && (options.Sequence, options.Made, options.Count, options.Csv) != default)
                    throw new CannotRunException(
                        "--sequence, --made, --count and --csv are about one daily file. Send the files one by one."
                    );
                var code =
                    transactions.Count == 0
                        ? ExitCode.Done
                        : await new TransactionRun(run, exchange).SendAsync(
                            transactions,
                            run.Get(concurrency),
                            options.Ledger,
                            cancellation
                        );
                foreach (var (source, form, bundle) in daily)
                    code = Math.Max(
                        code,
                        await new DailyRun(run, exchange, options).SendAsync(source, form, bundle, cancellation)
                    );
                return code;
            }
        );
    }

    private static async Task<(UploadForm Form, JsonElement Bundle)> FormOfAsync(
        UploadSource source,
        CancellationToken cancellation
    )
    {
        if (source.Path is { } path)
            return UploadForms.Of(path, () => File.OpenRead(path));
        var content = await source.ReadAsync(cancellation);
        return UploadForms.Of(source.Name, () => new MemoryStream(content));
    }
}
