using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Notifications;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>
/// Two days of a small exchange, over HTTP: children on plans of every type and state, look-ups of every outcome, receivers that
/// take everything, nothing, or are not there. What was acknowledged is noted, for later versions to be held to.
/// </summary>
internal sealed class StoreLife(ExchangeOnStore exchange)
{
    public static readonly DateTimeOffset Start = new(2026, 6, 10, 10, 0, 0, TimeSpan.Zero);

    public const string Up = "http://127.0.0.1:9/up";
    public const string Down = "http://127.0.0.1:9/down";

    private static readonly string[] Authorities = ["XHF01", "XBR02", "XMV03"];
    private static readonly DateOnly Today = LondonCalendar.DayOf(Start);

    private readonly List<Acknowledged.Upload> _uploads = [];
    private readonly List<Acknowledged.Deleted> _gone = [];
    private readonly List<(string Id, string Authority, string Endpoint)> _subscriptions = [];
    private readonly List<Acknowledged.LookUp> _lookUps = [];
    private bool _isUpDown;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private INotificationStore Notifications => exchange.Services.GetRequiredService<INotificationStore>();

    public async Task<Acknowledged> RunAsync()
    {
        exchange.Sender.Answer = sent =>
            Task.FromResult(
                sent.Endpoint.AbsolutePath == "/down" || _isUpDown ? ScriptedSender.Http(503) : ScriptedSender.Ok
            );
        var children = Children();
        await UploadAsync(
            "authority-xhf01",
            [.. children.Where(child => child.Key != "down").Select(child => child.Value)]
        );
        await UploadAsync("authority-xbr02", children["two authorities"] with { LocalId = "B-1" });
        await UploadAsync("authority-xmv03", children["down"] with { LocalId = "M-1" });
        await UploadAsync("authority-xhf01", children["both types"] with { Given = ["Wren"] });
        await WithdrawAsync("authority-xhf01", children["withdrawn"]);
        await DeleteAsync("authority-xhf01", children["deleted"]);

        await LookUpAsync("hareford-ed-triage", children["both types"]);
        await LookUpAsync("hareford-ed-triage", children["two authorities"]);
        await LookUpAsync("gp-hareford", children["both types"]);
        await LookUpAsync("gp-hareford", children["starts later"]);
        await SubscribeAsync("authority-xhf01", Up);
        await SubscribeAsync("authority-xmv03", Down);
        await LookUpAsync("hareford-ed-triage", children["down"]);
        await Eventually.TrueAsync(async () =>
            (await EventsAsync(_subscriptions[0].Id)) is [{ Delivered: not null }, { Delivered: not null }]
            && await IsFailingAsync(_subscriptions[1].Id)
        );
        await RegisterAsync();

        exchange.Clock.MoveTo(Start.AddHours(25));
        _isUpDown = true;
        await UploadAsync("authority-xhf01", children["finished"]);
        await LookUpAsync("hareford-ed-triage", children["both types"]);
        await LookUpAsync("hareford-ed", children["both types"]);
        await LookUpAsync("hareford-ed-triage", children["unborn"]);
        await LookUpAsync("gp-hareford", children["unborn"]);
        foreach (var name in new[] { "finished", "hidden", "starts later", "withdrawn", "deleted" })
            await LookUpAsync("hareford-ed-triage", children[name]);
        var nurse = await exchange.AsAsync("hareford-ed-triage");
        (await nurse.LookUpAsync(Number(90))).Status.Should().Be(200);
        (await nurse.GetAsync($"Flag?unknown={Number(90).Digits}")).Status.Should().Be(400);
        await Eventually.TrueAsync(() => IsFailingAsync(_subscriptions[0].Id));
        return await NoteAsync();
    }

    private static Dictionary<string, SyntheticChild> Children() =>
        new()
        {
            ["both types"] = Child(1, Plan(PlanTypes.ChildProtectionPlan), Plan(PlanTypes.LookedAfter)),
            ["two authorities"] = Child(2, Plan(PlanTypes.LookedAfter)),
            ["down"] = Child(3, Plan(PlanTypes.ChildProtectionPlan)),
            ["unborn"] = Child(4, Plan(PlanTypes.UnbornChildProtectionPlan, end: Today.AddDays(100))) with
            {
                BirthDate = Today.AddYears(-27),
            },
            ["finished"] = Child(5, Plan(PlanTypes.ChildProtectionPlan, start: -90, end: Today.AddDays(-30))),
            ["hidden"] = Child(6, Plan(PlanTypes.LookedAfter, start: -900, end: Today.AddDays(-500))),
            ["starts later"] = Child(7, Plan(PlanTypes.ChildProtectionPlan, start: 20)),
            ["withdrawn"] = Child(8, Plan(PlanTypes.ChildProtectionPlan)),
            ["deleted"] = Child(9, Plan(PlanTypes.ChildProtectionPlan)),
        };

    private static NhsNumber Number(int n) => SyntheticNhsNumbers.From(700_000).ElementAt(n);

    private static SyntheticChild Child(int n, params SyntheticPlan[] plans) =>
        new(
            Number(n),
            $"LOCAL-{n}",
            "Quickley",
            ["Wren", "Zofia"],
            Today.AddYears(-7).AddDays(-3),
            [.. plans.Select((plan, i) => plan with { PlanId = $"PLAN-{n}-{i}" })]
        );

    private static SyntheticPlan Plan(PlanType type, int start = -10, DateOnly? end = null) =>
        new(
            "",
            type,
            type != PlanTypes.UnbornChildProtectionPlan && end < Today ? PlanStatus.Finished : PlanStatus.Active,
            Today.AddDays(start),
            end
        );

    private Task UploadAsync(string client, params SyntheticChild[] children) =>
        SendAsync(client, Encoding.UTF8.GetString(Bundle(client, children).Span));

    private Task WithdrawAsync(string client, SyntheticChild child) =>
        SendAsync(
            client,
            Encoding
                .UTF8.GetString(Bundle(client, child).Span)
                .Replace("\"status\":\"active\"", "\"status\":\"entered-in-error\"", StringComparison.Ordinal)
        );

    private async Task DeleteAsync(string client, SyntheticChild child)
    {
        var speaker = await exchange.AsAsync(client);
        var found = await speaker.GetAsync(
            $"EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
        );
        var address =
            $"EpisodeOfCare/{found.AllEntries.Single().GetProperty("resource").GetProperty("id").GetString()}";
        (await speaker.SendAsync(HttpMethod.Delete, address, null)).Status.Should().Be(204);
        _gone.Add(new(client, address));
    }

    private static ReadOnlyMemory<byte> Bundle(string client, params SyntheticChild[] children) =>
        SyntheticUpload.Bundle(OdsCode.Parse(RunningExchange.Client(client).Organisation), children);

    private async Task SendAsync(string client, string bundle)
    {
        var request = Guid.NewGuid().ToString();
        var answer = await (await exchange.AsAsync(client)).PostAsync("", bundle, ("X-Request-ID", request));
        answer.Status.Should().Be(200, answer.Text);
        _uploads.Add(new(client, request, bundle, answer.Text));
    }

    private async Task LookUpAsync(string client, SyntheticChild child)
    {
        var shown = await LookUpAsync(await exchange.AsAsync(client), client, child.NhsNumber);
        _lookUps.RemoveAll(before => before.Client == client && before.Child == shown.Child);
        _lookUps.Add(shown);
    }

    /// <summary>What a setting is shown of a child.</summary>
    public static async Task<Acknowledged.LookUp> LookUpAsync(Speaker setting, string client, NhsNumber child)
    {
        var answer = await setting.LookUpAsync(child);
        answer.Status.Should().Be(200, answer.Text);
        var all = answer.AllEntries.Select(entry => entry.GetProperty("resource")).ToList();
        return new(
            client,
            child.Digits,
            [
                .. all.Where(r => r.GetProperty("resourceType").GetString() is "Flag" or "EpisodeOfCare")
                    .Select(r =>
                        $"{r.GetProperty("resourceType")}/{r.GetProperty("id")}/_history/{r.GetProperty("meta").GetProperty("versionId")}"
                    )
                    .Order(StringComparer.Ordinal),
            ],
            [
                .. all.Where(r => r.GetProperty("resourceType").GetString() == "AuditEvent")
                    .Select(r => r.GetProperty("id").GetString()!),
            ]
        );
    }

    private async Task SubscribeAsync(string client, string endpoint)
    {
        var speaker = await exchange.AsAsync(client);
        var answer = await speaker.PostAsync("Subscription", Engine.Json(endpoint, "requested", null, 1, ""));
        answer.Status.Should().Be(201, answer.Text);
        var id = answer.Headers["Location"].Split("/Subscription/")[1].Split('/')[0];
        if (endpoint == Down)
            // It was taken once, and is down since.
            exchange.Sender.Answer = sent =>
                Task.FromResult(
                    sent.Endpoint.AbsolutePath == "/down"
                        && NotificationReader.TryRead(sent.Body, out var notice)
                        && notice.Type == NotificationType.EventNotification
                    || _isUpDown
                        ? ScriptedSender.Http(503)
                        : ScriptedSender.Ok
                );
        _subscriptions.Add((id, RunningExchange.Client(client).Organisation, endpoint));
        await Eventually.TrueAsync(async () =>
            (await speaker.GetAsync($"Subscription/{id}")).Json.GetProperty("status").GetString() == "active"
        );
    }

    private async Task RegisterAsync()
    {
        var @operator = await exchange.AsAsync("operator");
        foreach (var path in new[] { "/admin/organisations/XNW04/suspend", "/admin/keys/webhook/rotate" })
        {
            var answer = await @operator.SendAsync(HttpMethod.Post, path, null);
            answer.Status.Should().Be(200, answer.Text);
        }
    }

    private async Task<IReadOnlyList<NotificationEvent>> EventsAsync(string subscription) =>
        await Notifications.ReadEventsAsync(subscription, 1, long.MaxValue, 1000, Cancellation);

    private async Task<bool> IsFailingAsync(string subscription) =>
        (await Notifications.ReadLedgerAsync(subscription, Cancellation)).Failures > 0;

    private async Task<Acknowledged> NoteAsync()
    {
        var accesses = await exchange
            .Services.GetRequiredService<IOccurrenceStore>()
            .SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Access, Count = 1000 }, Cancellation);
        var open = new Dictionary<string, long>();
        foreach (var authority in Authorities)
            open[authority] = (
                await Notifications.ReadOpenObligationsAsync(OdsCode.Parse(authority), Cancellation)
            ).Count;
        var subscriptions = new List<Acknowledged.Subscription>();
        foreach (var (id, authority, endpoint) in _subscriptions)
            subscriptions.Add(
                new(
                    id,
                    authority,
                    endpoint,
                    [
                        .. (await EventsAsync(id)).Select(e => new Acknowledged.Numbered(
                            e.Number,
                            e.Occurrences,
                            e.Delivered is not null
                        )),
                    ]
                )
            );
        var registrations = exchange.Services.GetRequiredService<IRegistrationStore>();
        var keyStore = exchange.Services.GetRequiredService<IKeyStore>();
        var keys = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var purpose in KeyPurposes.All)
            keys[purpose] = [.. (await keyStore.ReadKeysAsync(purpose, Cancellation)).Select(key => key.Id)];
        var known = await registrations.ReadRegistrationsAsync(Cancellation);
        return new(
            exchange.Clock.GetUtcNow(),
            _uploads,
            _lookUps,
            [
                .. accesses
                    .Items.Reverse()
                    .Select(access => new Acknowledged.Access(
                        access.Id,
                        access.Child?.Digits,
                        access.Mode?.ToString() ?? "",
                        [.. access.Shown.Select(plan => plan.Authority.Value).Distinct()]
                    )),
            ],
            subscriptions,
            open,
            keys,
            [.. known.Registrations.Where(r => r.Kind == "client").Select(r => r.Id).Order(StringComparer.Ordinal)],
            _gone
        );
    }
}
