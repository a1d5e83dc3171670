using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Notices;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis subscription</c>: an authority's Subscriptions, what they tell of, and what was tried.</summary>
internal static class SubscriptionCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("subscription", "See, read, test and end your Subscriptions, as an authority.")
        {
            List(tool),
            Show(tool),
            SubscriptionEventsCommand.Create(tool),
            SubscriptionAttemptsCommand.Create(tool),
            Test(tool),
            Resend(tool),
            Delete(tool),
        };

    private static Command List(Tool tool) =>
        tool.Runs(
            new ToolCommand(
                "list",
                "Show your Subscriptions and where they stand.",
                "cpis subscription list --client examples/clients/authority-xhf01.json"
            ),
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var standings = await StandingsAsync(exchange, "Subscription/$status", cancellation);
                var rows = new List<HeldSubscription>();
                await foreach (
                    var page in new Searches(exchange).PagesAsync("Subscription", [], int.MaxValue, cancellation)
                )
                foreach (var found in page.Resources)
                    rows.Add(new HeldSubscription(found, standings.GetValueOrDefault(found.Text("id") ?? "")));
                foreach (var row in rows)
                    run.Report.Object(row.ToJson());
                RowTable.Show(run.Report, HeldSubscription.Headings, rows);
                return ExitCode.Done;
            }
        );

    private static Command Show(Tool tool)
    {
        var id = SubscriptionId.Argument();
        return tool.Runs(
            new ToolCommand("show", "Show one Subscription.", "cpis subscription show ID") { id },
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var held = await ReadAsync(exchange, run.Get(id), cancellation);
                run.Report.Object(held.ToJson());
                run.Report.Table(
                    ["", ""],
                    [
                        .. held
                            .Details.Where(detail => detail.Value.Length > 0)
                            .Select(detail => (IReadOnlyList<string>)[detail.What, detail.Value]),
                    ]
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Test(Tool tool)
    {
        var id = SubscriptionId.Argument();
        return tool.Runs(
            new ToolCommand(
                "test",
                "Have a test sent to your endpoint now. Exit code 0 when it was taken, 1 when not.",
                "cpis subscription test ID && echo ready"
            )
            {
                Details = "The test is a heartbeat, signed and with the headers of every notice. It tells of no child.",
                Arguments = { id },
            },
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var outcome = (
                    await exchange.GetAsync(
                        new Ask(HttpMethod.Post, $"Subscription/{run.Get(id)}/$test"),
                        $"the test of Subscription/{run.Get(id)}",
                        cancellation
                    )
                ).ReadJson();
                var (isTaken, status) = (outcome.ValueIsTrue("taken"), outcome.ValueNumber("httpStatus"));
                var problem = PlainError.Of(outcome.ValueText("error"));
                run.Report.Object(
                    new JsonObject
                    {
                        ["taken"] = isTaken,
                        ["httpStatus"] = status,
                        ["problem"] = isTaken ? null : problem,
                    }
                );
                if (isTaken)
                    run.Report.Line(Text($"The test was taken (HTTP {status})."));
                else
                    run.Report.Note($"cpis: the test was not taken: {problem}.");
                return isTaken ? ExitCode.Done : ExitCode.Refused;
            }
        );
    }

    private static Command Resend(Tool tool)
    {
        var id = SubscriptionId.Argument();
        var first = Number("--first", "The lowest number.");
        first.Required = true;
        var last = Number("--last", "The highest number, at most 999 above the first; without it the first alone.");
        return tool.Runs(
            new ToolCommand(
                "resend",
                "Have delivered events sent once more, each under the id that it had.",
                "cpis subscription resend ID --first 3 --last 7"
            )
            {
                id,
                first,
                last,
            },
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var range = $"first={Text($"{run.Get(first)}")}" + (run.Get(last) is { } to ? Text($"&last={to}") : "");
                var answer = await exchange.GetAsync(
                    new Ask(HttpMethod.Post, $"Subscription/{run.Get(id)}/$resend?{range}"),
                    $"sending events of Subscription/{run.Get(id)} once more",
                    cancellation
                );
                var events = answer.ReadJson().ValueNumber("events") ?? 0;
                run.Report.Object(new JsonObject { ["events"] = events });
                run.Report.Line(
                    events == 0
                        ? "No event with such a number has been delivered: nothing is sent again."
                        : Text($"Sent once more: {events:N0} {(events == 1 ? "event" : "events")}.")
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Delete(Tool tool)
    {
        var id = SubscriptionId.Argument();
        var yes = new Option<bool>("--yes") { Description = "Do not ask. Without a terminal nobody is asked." };
        return tool.Runs(
            new ToolCommand("delete", "End a Subscription for good.", "cpis subscription delete ID --yes")
            {
                Details =
                    "Nothing is lost: notices that wait go to your other or next Subscription, and stay on the work-list until then.",
                Arguments = { id },
                Options = { yes },
            },
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                var held = await ReadAsync(exchange, run.Get(id), cancellation);
                if (run.Surroundings.InIsTerminal && !run.Get(yes))
                {
                    run.Report.Note("  " + string.Join("  ", held.Cells.Where(cell => cell.Length > 0)));
                    if (!await run.AsksAsync("Delete this Subscription?", cancellation))
                        throw new CannotRunException("not confirmed. Nothing was changed.");
                }

                await exchange.GetAsync(
                    new Ask(HttpMethod.Delete, $"Subscription/{held.Id}") { Repeatable = true },
                    $"deleting Subscription/{held.Id}",
                    cancellation
                );
                run.Report.Object(new JsonObject { ["id"] = held.Id, ["outcome"] = "deleted" });
                run.Report.Line($"Subscription/{held.Id} deleted.");
                return ExitCode.Done;
            }
        );
    }

    /// <summary>An option that is the number of an event.</summary>
    internal static Option<long?> Number(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 1)
                result.AddError($"{name} must be 1 or more.");
        });
        return option;
    }

    private static async Task<HeldSubscription> ReadAsync(
        ExchangeClient exchange,
        string id,
        CancellationToken cancellation
    )
    {
        var read = await exchange.GetAsync(
            new Ask(HttpMethod.Get, $"Subscription/{id}") { Repeatable = true },
            $"reading Subscription/{id}",
            cancellation
        );
        var standings = await StandingsAsync(exchange, $"Subscription/{id}/$status", cancellation);
        return new HeldSubscription(read.ReadJson(), standings.GetValueOrDefault(id));
    }

    private static async Task<Dictionary<string, JsonElement>> StandingsAsync(
        ExchangeClient exchange,
        string path,
        CancellationToken cancellation
    )
    {
        var answer = await exchange.GetAsync(
            new Ask(HttpMethod.Get, path) { Repeatable = true },
            "reading where your Subscriptions stand",
            cancellation
        );
        return answer
            .ReadJson()
            .List("entry")
            .Select(entry => entry.At("resource"))
            .ToDictionary(
                standing => standing.Value("subscription").Text("reference")?.Split('/')[^1] ?? "",
                standing => standing
            );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
