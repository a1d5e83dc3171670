using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Demo;

/// <summary>
/// The main job, end to end, over the exchange's own HTTP interface: an authority uploads and subscribes, an emergency
/// department looks a child up, the authority is notified. Started again, it keeps its data and seeds nothing twice.
/// </summary>
internal sealed class DemoRun(
    ExchangeUrls urls,
    IRecordStore records,
    LoadedUploads loaded,
    DemoOptions options,
    TimeProvider time
)
{
    private static readonly ClientFile Authority = Client("demo-authority-xhf01");
    private static readonly ClientFile Neighbour = Client("demo-authority-xbr02");
    private static readonly ClientFile Setting = Client("demo-hareford-ed");

    /// <summary>Which of the children on a plan is in the command that the demo prints.</summary>
    private const int Printed = 1;

    /// <summary>Where those begin that the demo itself looks up: the first are for whoever tries the commands of the README.</summary>
    private const int AfterPrinted = 20;

    /// <summary>How many it looks up before it begins again.</summary>
    private const int Different = 200;

    private readonly DemoScreen _screen = new(DemoScreen.OpenConsole());

    /// <summary>
    /// Runs the demo and then shows notices as they come, until cancelled. False when a step failed: a demo without its children
    /// would answer every look-up with "no plan", so the server ends.
    /// </summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        try
        {
            _screen.Begin(urls.Root);
            await UploadAsync(Authority, DemoCounty.Register(Today), cancellation);
            await UploadAsync(Neighbour, DemoCounty.NeighboursRegister(Today), cancellation);
            await using var subscriber = await DemoSubscriber.StartAsync(urls, time, cancellation);
            var subscription = await SubscribeAsync(subscriber, cancellation);
            await LookUpAsync(cancellation);
            await NoticesAsync(subscriber, subscription, cancellation);
            return true;
        }
        catch (Exception failed) when (failed is HttpRequestException or StoreUnavailableException)
        {
            _screen.Problem(failed.Message);
            return false;
        }
    }

    private DateOnly Today => LondonCalendar.DayOf(time.GetUtcNow());

    private async Task UploadAsync(ClientFile client, SyntheticPopulation register, CancellationToken cancellation)
    {
        var organisation = Named(register.Authority);
        _screen.Step($"{organisation.Name} uploads its register");
        var held = await records.SearchAsync(
            new RecordQuery(RecordType.Patient, register.Authority, []) { Count = 0 },
            cancellation
        );
        if (held.Total >= register.Count)
        {
            _screen.Line($"{held.Total:N0} children are held already. Nothing is sent twice.");
            // What is held counts as uploaded today: the days between two demonstrations are no warning.
            await loaded.NoteAsync(register.Authority, time.GetUtcNow(), cancellation);
            return;
        }

        using var authority = await SignInAsync(client, cancellation);
        var bundles = SyntheticUpload.Bundles(register).ToList();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Concurrency,
            CancellationToken = cancellation,
        };
        DemoAnswer? last = null;
        await _screen.ProgressAsync(
            $"{register.Count:N0} synthetic children in {bundles.Count} Bundles",
            bundles.Count,
            done =>
                Parallel.ForEachAsync(
                    bundles,
                    parallel,
                    async (bundle, token) =>
                    {
                        last = await authority.SendAsync(HttpMethod.Post, "", bundle, token);
                        done();
                    }
                )
        );
        _screen.Exchange($"POST {urls.FhirBase}  Bundle (transaction)", last!);
    }

    private async Task<string> SubscribeAsync(DemoSubscriber subscriber, CancellationToken cancellation)
    {
        _screen.Step("The authority subscribes to accesses of its children");
        using var authority = await SignInAsync(Authority, cancellation);
        var existing = await authority.GetAsync("Subscription", cancellation);
        var id = existing.Body.TryGetProperty("entry", out var entries)
            ? entries[0].GetProperty("resource").GetProperty("id").GetString()
            : null;
        var subscription = $$"""
            {"resourceType":"Subscription",{{(
                id is null ? "" : $"\"id\":\"{id}\","
            )}}"status":"requested","reason":"demo",
             "criteria":"{{Topic.RecordAccessed.Row().Canonical}}",
             "channel":{"type":"rest-hook","endpoint":"{{subscriber.Endpoint}}","payload":"application/fhir+json",
              "_payload":{"extension":[{"url":"{{BackportCanonicals.PayloadContent}}","valueCode":"id-only"}]} } }
            """;
        var answer = id is null
            ? await authority.SendAsync(HttpMethod.Post, "Subscription", subscription, cancellation)
            : await authority.SendAsync(HttpMethod.Put, $"Subscription/{id}", subscription, cancellation);
        _screen.Exchange($"{(id is null ? "POST" : "PUT")} {urls.FhirBase}/Subscription  rest-hook, id-only", answer);
        var handshake = await subscriber.Notices.ReadAsync(cancellation);
        while (handshake.Type != NotificationType.Handshake)
            handshake = await subscriber.Notices.ReadAsync(cancellation);
        _screen.Line("handshake received, signature verified, answered 204: the Subscription is active");
        return answer.Body.GetProperty("id").GetString()!;
    }

    private async Task LookUpAsync(CancellationToken cancellation)
    {
        // Another one at each start: of the same child within four hours the authority would not be told again.
        var child = Visible(AfterPrinted + await CountAccessesAsync(cancellation) % Different);
        _screen.Step($"{Named(OdsCode.Parse(Setting.Organisation)).Name} looks a child up");
        using var setting = await SignInAsync(Setting, cancellation);
        var answer = await setting.SendAsync(
            HttpMethod.Post,
            "Patient/$child-protection",
            $$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{child.Digits}}"}]}""",
            cancellation
        );
        _screen.Exchange($"POST {urls.FhirBase}/Patient/$child-protection  nhsNumber={child.Digits}", answer);
        _screen.LookUp(answer.Body);
    }

    private async Task<int> CountAccessesAsync(CancellationToken cancellation)
    {
        using var authority = await SignInAsync(Authority, cancellation);
        return (await authority.GetAsync("AuditEvent?_count=0", cancellation)).Body.GetProperty("total").GetInt32();
    }

    private async Task NoticesAsync(DemoSubscriber subscriber, string subscription, CancellationToken cancellation)
    {
        _screen.Step("The authority is notified");
        var first = true;
        await foreach (var notice in subscriber.Notices.ReadAllAsync(cancellation))
        {
            if (notice.Type != NotificationType.EventNotification)
                continue;
            foreach (var told in notice.Events)
                _screen.Line(
                    $"{time.GetUtcNow():HH:mm:ss} event {told.Number} of Subscription/{subscription}: a child was looked up, see {string.Join(", ", told.References)} (signature verified)"
                );
            if (first)
                _screen.Again(urls.Root, urls.FhirBase, Visible(Printed).Digits);
            first = false;
        }
    }

    // Children on an active plan, the same on every start.
    private NhsNumber Visible(int index) =>
        DemoCounty
            .Register(Today)
            .Children()
            .Where(child =>
                child.Plans[0] is { Status: PlanStatus.Active } plan && plan.Type == PlanTypes.ChildProtectionPlan
            )
            .Select(child => child.NhsNumber)
            .ElementAt(index);

    private static ClientFile Client(string id) =>
        DemoRegistrations.ReadClients().Single(client => client.ClientId == id);

    private static Organisation Named(OdsCode code) =>
        DemoRegistrations.ReadOrganisations().Single(organisation => organisation.Code == code);

    private Task<DemoCaller> SignInAsync(ClientFile client, CancellationToken cancellation) =>
        DemoCaller.SignInAsync(urls, client, time, cancellation);
}
