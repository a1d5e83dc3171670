using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Reconciliations;

/// <summary>How a full file compares with what is held: shown, and what it leaves out ended.</summary>
internal sealed class FileReport(Run run, ExchangeClient exchange, string fileId)
{
    private const int UnderWay = 202;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private string Address => $"$upload/{Uri.EscapeDataString(fileId)}";

    /// <summary>Shows it, once the file is done.</summary>
    public async Task<int> ShowAsync(CancellationToken cancellation)
    {
        var report = await DoneAsync("$reconciliation", "reading the report", cancellation);
        Show(ReportPlan.Headings, [.. report.AllNamed("plan").Select(plan => new ReportPlan(plan))]);
        var missing = report.ValueNumber("missing") ?? 0;
        run.Report.Line(
            Text(
                $"Open plans held: {report.ValueNumber("held"):N0}. Not in the file: {missing:N0}. With newer news than the file: {report.ValueNumber("newer"):N0}."
            )
        );
        if (missing > 0)
            run.Report.Note(
                Text(
                    $"Nothing ends by itself. If they are over: cpis reconciliation {fileId} --end-missing {missing}, until {report.ValueText("end-missing-until")}.{(report.ValueIsTrue("second-person") ? " A second person must approve." : "")}"
                )
            );
        return ExitCode.Done;
    }

    /// <summary>Ends what is missing, and shows what became of each plan; or says who must approve it.</summary>
    public async Task<int> EndAsync(int count, CancellationToken cancellation)
    {
        var asked = await exchange.GetAsync(
            new Ask(HttpMethod.Post, Text($"{Address}/$end-missing?count={count}")) { Repeatable = true },
            "ending what is missing",
            cancellation
        );
        if (
            asked.Status == UnderWay
            && asked.Problems is [{ Text: var waits }]
            && !waits.StartsWith("Under way", StringComparison.Ordinal)
        )
        {
            run.Report.Object(new() { ["outcome"] = "waits", ["message"] = waits });
            run.Report.Line(waits);
            return ExitCode.Done;
        }

        var ended =
            asked.Status == UnderWay
                ? await DoneAsync("$end-missing", "reading what became of them", cancellation)
                : asked.ReadJson();
        Show(EndedPlan.Headings, [.. ended.AllNamed("record").Select(record => new EndedPlan(record))]);
        run.Report.Line(
            Text(
                $"Ended: {ended.ValueNumber("loaded"):N0}. Newer than the file: {ended.ValueNumber("superseded"):N0}. Left as they are: {ended.ValueNumber("refused"):N0}."
            )
        );
        return ExitCode.Done;
    }

    private void Show(IReadOnlyList<string> headings, IReadOnlyList<IRow> rows)
    {
        foreach (var row in rows)
            run.Report.Object(row.ToJson());
        RowTable.Show(run.Report, headings, rows);
    }

    /// <summary>Asks until it is done.</summary>
    private async Task<JsonElement> DoneAsync(string what, string why, CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await exchange.GetAsync(
                new Ask(HttpMethod.Get, $"{Address}/{what}") { Repeatable = true },
                why,
                cancellation
            );
            if (answer.Status != UnderWay)
                return answer.ReadJson();
            run.Report.Note(answer.Problems[0].Text);
            await Task.Delay(LookAgain, run.Surroundings.Time, cancellation);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
