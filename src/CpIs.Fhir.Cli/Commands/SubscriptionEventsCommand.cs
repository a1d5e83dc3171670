using System.CommandLine;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Notices;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis subscription events</c>: reads events by number and, as a named person, takes them. An inbox needs no other client.</summary>
internal static class SubscriptionEventsCommand
{
    /// <summary>The exchange takes no more in one request.</summary>
    private const int MostTaken = 100;

    public static Command Create(Tool tool)
    {
        var id = SubscriptionId.Argument();
        var since = SubscriptionCommand.Number("--since", "The lowest number. [1]");
        var until = SubscriptionCommand.Number("--until", "The highest number. [the latest]");
        var wait = new Option<int>("--wait")
        {
            Description = "Where there is no event, wait so many seconds for one.",
            HelpName = "SECONDS",
        };
        wait.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
                result.AddError("--wait must be 0 or more.");
        });
        var acknowledge = new Option<bool>("--acknowledge")
        {
            Description = "Take what was shown, as the person of --person. On an inbox it is delivered so.",
        };
        var limit = new LineLimit();
        var taker = new Taker();
        var command = new ToolCommand(
            "events",
            "Read events of a Subscription by number, with the accesses that they tell of; take them with --acknowledge.",
            "cpis subscription events ID --since 12",
            "cpis subscription events ID --since 12 --wait 30 --acknowledge --person 'Ann Example'",
            "cpis subscription events ID --all --json | jq .number"
        )
        {
            Details = """
                Reading settles nothing: what nobody has taken can be read again, and so can what was taken.
                """,
        };
        command.Add(id);
        command.Add(since);
        command.Add(until);
        command.Add(wait);
        command.Add(acknowledge);
        limit.AddTo(command);
        taker.AddTo(command);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var person = run.Get(acknowledge) ? taker.NameOf(run) : null;
                using var exchange = RecordList.ConnectAsOwner(run);
                var (events, hasMore) = await new EventReader(exchange).ReadAsync(
                    run.Get(id),
                    run.Get(since) ?? 1,
                    run.Get(until),
                    run.Get(wait),
                    limit.Most(run),
                    cancellation
                );
                await ShowAsync(run, exchange, events, cancellation);
                if (hasMore)
                    run.Report.Note($"There are more. For those: --since {events[^1].Number + 1}, or --all.");
                if (person is not null && events.Count > 0)
                {
                    await taker.ConfirmAsync(
                        run,
                        events.Count == 1
                            ? $"Take this event as {person}?"
                            : $"Take these {events.Count} events as {person}?",
                        cancellation
                    );
                    (await TakeAsync(run, exchange, events, cancellation)).Show(run.Report);
                }

                return ExitCode.Done;
            }
        );

        async Task<Taking> TakeAsync(
            Run run,
            ExchangeClient exchange,
            IReadOnlyList<NotifiedEvent> events,
            CancellationToken cancellation
        )
        {
            var all = new Taking(0, 0, "");
            foreach (var some in events.Chunk(MostTaken))
            {
                using var body = new ParametersWriter();
                foreach (var told in some)
                    body.Add("number", told.Number);
                taker.Write(run, body);
                var answer = await exchange.GetAsync(
                    new Ask(HttpMethod.Post, $"Subscription/{run.Get(id)}/$acknowledge")
                    {
                        Body = body.Finish(),
                        Repeatable = true,
                    },
                    "taking events",
                    cancellation
                );
                all = all.And(Taking.Of(answer.ReadJson()));
            }

            return all;
        }
    }

    private static async Task ShowAsync(
        Run run,
        ExchangeClient exchange,
        IReadOnlyList<NotifiedEvent> events,
        CancellationToken cancellation
    )
    {
        var searches = new Searches(exchange);
        var found = await searches.AnyOfAsync(
            "AuditEvent",
            "_id",
            null,
            events.SelectMany(told => told.References).Select(IdOf),
            cancellation
        );
        var accesses = (await Access.ReadAsync(searches, found, cancellation)).ToDictionary(access =>
            access.Event.Text("id") ?? ""
        );
        var rows = new List<EventRow>();
        foreach (var told in events)
        {
            var known = told.References.Select(IdOf).Where(accesses.ContainsKey).Select(id => accesses[id]).ToList();
            run.Report.Object(EventRow.ToJson(told, known));
            rows.AddRange(known.Select(access => new EventRow(told, access)).DefaultIfEmpty(new EventRow(told, null)));
        }

        RowTable.ShowChildren(run.Report, EventRow.Headings, rows);
    }

    private static string IdOf(string reference) => reference.Split('/')[^1];
}
