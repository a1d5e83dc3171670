using System.CommandLine;
using System.Globalization;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Notices;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis subscription attempts</c>: what the exchange tried to send, so that people see why nothing arrives.</summary>
internal static class SubscriptionAttemptsCommand
{
    private const int MostOnPage = 500;

    public static Command Create(Tool tool)
    {
        var id = SubscriptionId.Argument();
        var limit = new LineLimit();
        var command = new ToolCommand(
            "attempts",
            "Show what was tried to send in the last 90 days, the latest first: when, what, what was answered.",
            "cpis subscription attempts ID",
            "cpis subscription attempts ID --all --json | jq 'select(.taken == false)'"
        )
        {
            id,
        };
        limit.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var most = limit.Most(run);
                var rows = new List<Attempt>();
                var path = $"Subscription/{run.Get(id)}/$attempts";
                var query = string.Create(CultureInfo.InvariantCulture, $"?_count={Math.Min(most, MostOnPage)}");
                while (query is not null && rows.Count < most)
                {
                    var page = (
                        await exchange.GetAsync(
                            new Ask(HttpMethod.Get, path + query) { Repeatable = true },
                            $"reading the attempts of Subscription/{run.Get(id)}",
                            cancellation
                        )
                    ).ReadJson();
                    foreach (var attempt in page.AllNamed("attempt").Take(most - rows.Count))
                    {
                        rows.Add(new Attempt(attempt));
                        run.Report.Object(rows[^1].ToJson());
                    }

                    query = Uri.TryCreate(page.ValueText("next"), UriKind.Absolute, out var next) ? next.Query : null;
                }

                RowTable.Show(run.Report, Attempt.Headings, rows);
                if (query is not null)
                    run.Report.Note($"Shown: the latest {rows.Count}. For more: --limit N, or --all.");
                return ExitCode.Done;
            }
        );
    }
}
