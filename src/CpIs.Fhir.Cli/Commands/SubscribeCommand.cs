using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Cli.Commands;

internal static class SubscribeCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static Command Create(Tool tool)
    {
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Where to post notices: https, or loopback http under --demo.",
            HelpName = "URL",
        };
        var inbox = new Option<bool>("--inbox")
        {
            Description = "Post nothing: you fetch the notices, with cpis subscription events.",
        };
        var topic = new Option<string>("--topic")
        {
            Description = "What the notices are about.",
            DefaultValueFactory = _ => TopicTable.All[0].Code,
        };
        topic.AcceptOnlyFromAmong([.. TopicTable.All.Select(row => row.Code)]);
        var payload = new Option<string>("--payload")
        {
            Description = "What a notice contains: id-only (which accesses) or empty (only that there are some).",
            DefaultValueFactory = _ => "id-only",
        };
        payload.AcceptOnlyFromAmong("id-only", "empty");
        var heartbeat = new Option<int?>("--heartbeat")
        {
            Description = "Longest silence, in seconds, before a heartbeat.",
            HelpName = "SECONDS",
        };
        var place = new Option<string?>("--place-of-action")
        {
            Description =
                "yes: your people act here, so only what is taken here counts as told. no: never, as for a feed. Without it your first Subscription counts.",
        };
        place.AcceptOnlyFromAmong("yes", "no");
        var wait = new Option<int>("--wait")
        {
            Description = "How long to wait for the handshake, in seconds.",
            DefaultValueFactory = _ => 30,
            HelpName = "SECONDS",
        };
        var command = new ToolCommand(
            "subscribe",
            "Subscribe, as an authority, to notices about its own children or uploads, and wait for the handshake.",
            "cpis listen --port 9000 &",
            "cpis subscribe --endpoint http://127.0.0.1:9000/ --client examples/clients/authority-xhf01.json",
            "cpis subscribe --inbox --client examples/clients/authority-xhf01.json"
        )
        {
            endpoint,
            inbox,
            topic,
            payload,
            heartbeat,
            place,
            wait,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(endpoint) is null) != result.GetValue(inbox))
                result.AddError("Give --endpoint URL or --inbox.");
            else if (result.GetValue(inbox) && result.GetValue(heartbeat) is not null)
                result.AddError("Nothing is sent to an inbox: leave out --heartbeat.");
        });
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = run.Connect();
                bool? isPlace = run.Get(place) is { } said ? said == "yes" : null;
                var body = Write(
                    run.Get(endpoint),
                    run.Get(payload)!,
                    run.Get(heartbeat),
                    TopicTable.All.Single(row => row.Code == run.Get(topic)),
                    isPlace
                );
                var answer = await exchange.SendAsync(
                    new Ask(HttpMethod.Post, "Subscription") { Body = body, Repeatable = true },
                    cancellation
                );
                if (!answer.IsSuccess)
                    return run.Report.Refused(answer, "the Subscription");
                var id =
                    IdOf(answer)
                    ?? throw new CannotRunException("the exchange did not say which Subscription it made.");
                var deadline = run.Surroundings.Time.GetUtcNow() + TimeSpan.FromSeconds(run.Get(wait));
                while (true)
                {
                    answer = await exchange.SendAsync(
                        new Ask(HttpMethod.Get, $"Subscription/{id}") { Repeatable = true },
                        cancellation
                    );
                    if (!answer.IsSuccess)
                        return run.Report.Refused(answer, $"reading Subscription/{id}");
                    var (status, error) = StatusOf(answer);
                    if (status == "active")
                        return Tell(run, id, status, null, ExitCode.Done);
                    if (status is "error" or "off")
                        return Tell(run, id, status, error ?? "the endpoint did not answer 2xx.", ExitCode.Refused);
                    if (run.Surroundings.Time.GetUtcNow() >= deadline)
                        return Tell(
                            run,
                            id,
                            status ?? "?",
                            "the handshake has not been answered yet.",
                            ExitCode.CouldNotRun
                        );
                    await Task.Delay(Pause, run.Surroundings.Time, cancellation);
                }
            }
        );
    }

    /// <summary>A Subscription in the R5 Backport shape.</summary>
    /// <param name="endpoint">Where to post notices; null for an inbox.</param>
    /// <param name="payload">What a notice contains.</param>
    /// <param name="heartbeat">Longest silence in seconds, or null.</param>
    /// <param name="topic">What it is told of; null for accesses.</param>
    /// <param name="isPlace">Whether it is the place of action; null to leave it to the exchange.</param>
    internal static byte[] Write(
        string? endpoint,
        string payload,
        int? heartbeat,
        TopicRow? topic = null,
        bool? isPlace = null
    )
    {
        var subscription = new JsonObject
        {
            ["resourceType"] = "Subscription",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(BackportCanonicals.Subscription) },
            ["status"] = "requested",
            ["reason"] = "Notices for our team",
            ["criteria"] = (topic ?? TopicTable.All[0]).Canonical,
            ["channel"] = Channel(endpoint, payload, heartbeat),
        };
        if (isPlace is { } place)
            subscription["extension"] = new JsonArray(
                new JsonObject { ["url"] = FhirSystems.PlaceOfAction, ["valueBoolean"] = place }
            );
        return Encoding.UTF8.GetBytes(subscription.ToJsonString());
    }

    private static JsonObject Channel(string? endpoint, string payload, int? heartbeat)
    {
        var channel = new JsonObject();
        if (heartbeat is { } seconds)
            channel["extension"] = new JsonArray(
                new JsonObject { ["url"] = BackportCanonicals.HeartbeatPeriod, ["valueUnsignedInt"] = seconds }
            );
        channel["type"] = endpoint is null ? "message" : "rest-hook";
        if (endpoint is null)
            channel["_type"] = new JsonObject
            {
                ["extension"] = new JsonArray(
                    new JsonObject
                    {
                        ["url"] = BackportCanonicals.ChannelType,
                        ["valueCoding"] = new JsonObject
                        {
                            ["system"] = "https://fhir.cpis.example/CodeSystem/channel-type",
                            ["code"] = "inbox",
                        },
                    }
                ),
            };
        else
            channel["endpoint"] = endpoint;
        channel["payload"] = "application/fhir+json";
        channel["_payload"] = new JsonObject
        {
            ["extension"] = new JsonArray(
                new JsonObject { ["url"] = BackportCanonicals.PayloadContent, ["valueCode"] = payload }
            ),
        };
        return channel;
    }

    /// <summary>The id from Location (<c>.../Subscription/ID/_history/1</c>), or from the body.</summary>
    internal static string? IdOf(Answer answer)
    {
        var parts = answer.Location?.Split('/') ?? [];
        var at = Array.LastIndexOf(parts, "Subscription");
        if (at >= 0 && at + 1 < parts.Length)
            return parts[at + 1];
        return Read(answer).Text("id");
    }

    private static (string? Status, string? Error) StatusOf(Answer answer)
    {
        var subscription = Read(answer);
        return (subscription.Text("status"), subscription.Text("error"));
    }

    private static JsonElement Read(Answer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static int Tell(Run run, string id, string status, string? problem, int exitCode)
    {
        run.Report.Object(
            new JsonObject
            {
                ["subscription"] = id,
                ["status"] = status,
                ["problem"] = problem,
            }
        );
        run.Report.Line($"Subscription/{id} {status}");
        if (problem is not null)
            run.Report.Note($"cpis: Subscription/{id} is {status}: {problem}");
        return exitCode;
    }
}
