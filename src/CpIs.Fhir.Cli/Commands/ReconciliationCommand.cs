using System.CommandLine;
using CpIs.Fhir.Cli.Reconciliations;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis reconciliation</c>: how a full file compares with what is held, and the ending of what it leaves out.</summary>
internal static class ReconciliationCommand
{
    public static Command Create(Tool tool)
    {
        var file = new Argument<string>("FILE-ID")
        {
            Description = "Your ODS code and the number of the file, such as XHF01-58.",
        };
        var end = new Option<int?>("--end-missing")
        {
            Description = "End the plans that the file leaves out. Give their number, as the report counts them.",
            HelpName = "N",
        };
        end.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0)
                result.AddError("--end-missing must be the number of missing plans.");
        });
        return tool.Runs(
            new ToolCommand(
                "reconciliation",
                "Show what a file of everything (mode=full) leaves out and what it changed; or end what it leaves out.",
                "cpis reconciliation XHF01-58 --client examples/clients/authority-xhf01.json",
                "cpis reconciliation XHF01-58 --end-missing 12",
                "cpis reconciliation XHF01-58 --json"
            )
            {
                file,
                end,
            },
            async (run, cancellation) =>
            {
                using var exchange = RecordList.ConnectAsOwner(run);
                var report = new FileReport(run, exchange, run.Get(file));
                return run.Get(end) is { } count
                    ? await report.EndAsync(count, cancellation)
                    : await report.ShowAsync(cancellation);
            }
        );
    }
}
