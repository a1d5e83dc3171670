using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Listening;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Commands;

internal static class ListenCommand
{
    public static Command Create(Tool tool)
    {
        var port = new Option<int>("--port")
        {
            Description = "Port on 127.0.0.1; 0 takes a free port and shows which.",
            DefaultValueFactory = _ => 9000,
            HelpName = "P",
        };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
                result.AddError("--port must be 0 to 65535.");
        });
        var count = new Option<int?>("--count")
        {
            Description = "End after this many notices of events; without it, Ctrl-C ends it.",
            HelpName = "N",
        };
        var command = new ToolCommand(
            "listen",
            "Receive notices as an authority would, verify their signatures and show what is new.",
            "cpis listen --port 9000",
            "cpis listen --port 9000 --json --count 1 | jq .events"
        )
        {
            Details = """
                Each signature is verified against the exchange's published keys (Standard Webhooks, Ed25519, 300 s).
                A notice with a valid signature gets 204 and is shown once, however often it comes. Anything else gets 400, is not
                shown, and is reported on standard error.
                """,
        };
        command.Add(port);
        command.Add(count);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
                using var keys = new PublishedKeys(http, KeysOf(run.Server), run.Surroundings.Time);
                var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var events = 0;
                var gaps = new EventGaps();
                var receiver = new NoticeReceiver(
                    keys,
                    notice =>
                    {
                        if (gaps.Missed(notice.Notification) is var (first, last))
                            run.Report.Note(MissedOf(notice.Notification, first, last));
                        Show(run.Report, notice);
                        if (
                            notice.Notification.Type == NotificationType.EventNotification
                            && Interlocked.Increment(ref events) == run.Get(count)
                        )
                            enough.TrySetResult();
                    },
                    run.Report.Note
                );
                await using var server = await ListenServer.StartAsync(run.Get(port), receiver, cancellation);
                run.Report.Note($"Listening on {server.Url} for notices of {run.Server}. Ctrl-C ends.");
                try
                {
                    await enough.Task.WaitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    run.Report.Note(
                        string.Create(CultureInfo.InvariantCulture, $"{events} notices of events received.")
                    );
                }

                return run.Get(count) is { } wanted && events < wanted ? ExitCode.CouldNotRun : ExitCode.Done;
            }
        );
    }

    /// <summary>Where an exchange publishes the keys that sign its notices.</summary>
    internal static Uri KeysOf(Uri server) => new(ServerAddress.Guess(server).Root + "/.well-known/webhook-keys.json");

    private static string MissedOf(Notification notice, long first, long last) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Events {first} to {last} did not come here. To read them: cpis subscription events {notice.Subscription.Split('/')[^1]} --since {first} --until {last}"
        );

    private static void Show(Report report, ReceivedNotice notice)
    {
        var notification = notice.Notification;
        report.Object(
            new JsonObject
            {
                ["id"] = notice.Id,
                ["type"] = notification.Type.Code(),
                ["subscription"] = notification.Subscription,
                ["status"] = notification.Status,
                ["eventCount"] = notification.EventCount,
                ["events"] = new JsonArray([
                    .. notification.Events.Select(e =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["number"] = e.Number,
                                ["time"] = e.Time,
                                ["references"] = new JsonArray([
                                    .. e.References.Select(r => (JsonNode)JsonValue.Create(r)),
                                ]),
                            }
                    ),
                ]),
            }
        );
        report.Line($"{notification.Type.Code()}  {notification.Subscription}  {notification.Status}");
        foreach (var told in notification.Events)
        {
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  event {told.Number}  {told.Time:yyyy-MM-dd'T'HH:mm:ss'Z'}"
                )
            );
            foreach (var reference in told.References)
                report.Line("    " + reference);
        }
    }
}
