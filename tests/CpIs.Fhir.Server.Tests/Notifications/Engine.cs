using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>The notification engine over a real store file, a clock that stands still, and a sender of the test's choice.</summary>
internal sealed class Engine : IAsyncDisposable, IOrganisationDirectory, IDispatchObserver
{
    /// <summary>Reads and judges a Subscription as a server does.</summary>
    public static IWriteCheck Profiles { get; } = new Conformance.Writes.WriteCheck(ConformanceSet.CoreAndOurs(), []);

    public const string Base = "https://cpis.example/FHIR/R4";
    public const string Hook = "https://hooks.example.org/cpis";
    public static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    public static readonly OdsCode OtherAuthority = OdsCode.Parse("XOT01");
    public static readonly OdsCode Setting = OdsCode.Parse("XED01");

    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-engine-").FullName;
    private TestStore _place = null!;
    private IExchangeStore _store = null!;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.Parse("2026-11-20T22:00:00Z"));

    public OrganisationDirectory Current { get; set; } = new(1, Organisations(), []);

    public ConcurrentQueue<DispatchAttempt> Attempts { get; } = new();

    public ConcurrentQueue<(string Id, SubscriptionStatus Status, string? Reason)> Moves { get; } = new();

    public ConcurrentQueue<Exception> Failures { get; } = new();

    public ConcurrentQueue<(string Id, long Number)> Asides { get; } = new();

    public NotificationOptions Options { get; private init; } =
        new()
        {
            AllowLoopbackHttp = true,
            Jitter = 0,
            Timeout = TimeSpan.FromSeconds(2),
        };

    /// <summary>As the next dispatcher, and the parser after a restart, find it.</summary>
    public MeshOptions Mesh { get; set; } = new();

    public IMeshTransport? MeshTransport { get; set; }

    public IdGenerator Ids { get; private set; } = null!;

    public IExchangeStore Store => _store;

    public KeyRing Keys { get; private set; } = null!;

    public SubscriptionService Subscriptions { get; private set; } = null!;

    public static async Task<Engine> StartAsync(NotificationOptions? options = null, MeshOptions? mesh = null)
    {
        var engine = options is null ? new Engine() : new Engine { Options = options };
        engine.Mesh = mesh ?? engine.Mesh;
        engine.Ids = new IdGenerator(engine.Time);
        engine._place = await TestStore.TakeAsync(engine._folder);
        await engine.OpenAsync();
        return engine;
    }

    /// <summary>A new process on the same file: everything in memory is gone.</summary>
    public async Task RestartAsync()
    {
        await _store.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>A copy of the store as it is now; what is given back restores it, tells it so, and opens it.</summary>
    public async Task<Func<Task<RestoreOutcome>>> CopyAsync()
    {
        var putBack = await _place.CopyAsync();
        return async () =>
        {
            await _store.DisposeAsync();
            await putBack();
            await using var restore = await _place.OpenRestoreAsync(Time);
            var outcome = await restore.RunAsync(
                new RestoreTerms(Time.GetUtcNow(), RestoreTerms.UsualJump),
                CancellationToken.None
            );
            await OpenAsync();
            return outcome;
        };
    }

    /// <summary>A server's engine; each has a name of its own among those that share the store.</summary>
    public Dispatcher Dispatcher(
        INotificationSender sender,
        NotificationOptions? options = null,
        ILeaseStore? leases = null
    )
    {
        options ??= Options;
        var held = new ServerLeases(leases ?? _store, Ids, Time);
        var attempts = new AttemptLedger(_store, held, Ids, Time);
        var mesh = new MeshChannel(MeshTransport, Mesh, _store, _store, this, Time);
        var schedule = new RetrySchedule(Options.RetrySchedule, Options.Jitter, new Random(1));
        var channel = new NotificationChannel(
            sender,
            mesh,
            _store,
            this,
            new NotificationBundle(() => Base),
            options,
            this,
            attempts,
            Time
        );
        var mover = new SubscriptionMover(_store, this, Time);
        var places = new PlacesOfAction(_store);
        var endpoints = new Endpoints(Time);
        return new Dispatcher(
            _store,
            new EventDelivery(
                _store,
                _store,
                channel,
                new MessageTracking(_store, mesh, places, schedule, attempts, this, Time),
                places,
                mover,
                schedule,
                endpoints,
                this,
                Options,
                Time
            ),
            new Handshakes(_store, _store, channel, mover, endpoints, held, Time),
            new Heartbeats(_store, _store, channel, mover, endpoints, held, Time),
            attempts,
            this,
            new DispatchSignal(Time),
            Options,
            Time
        );
    }

    /// <summary>For one more server: its own way to the store, which is closed with it, and its keys.</summary>
    public async Task<(IExchangeStore Store, KeyRing Keys)> OpenAgainAsync()
    {
        var store = TestStore.Sharing > 0 ? await _place.OpenAsync(Time) : _store;
        var keys = KeysOf(store);
        await keys.LoadAsync(TestContext.Current.CancellationToken);
        return (store, keys);
    }

    /// <summary>Steps until nothing is due and nothing under way.</summary>
    public static async Task RunAsync(Dispatcher dispatcher)
    {
        for (var i = 0; i < 3; i++)
        {
            await dispatcher.StepAsync(TestContext.Current.CancellationToken);
            await dispatcher.WhenQuietAsync();
        }
    }

    /// <summary>Lets time pass, then runs.</summary>
    public async Task RunAfterAsync(TimeSpan time, Dispatcher dispatcher)
    {
        Time.Advance(time);
        await RunAsync(dispatcher);
    }

    /// <summary>A Subscription that has shaken hands, with what sends to it.</summary>
    public async Task<(ScriptedSender Sender, Dispatcher Dispatcher, string Id)> ActiveAsync()
    {
        var sender = new ScriptedSender();
        var dispatcher = Dispatcher(sender);
        var id = await SubscribeAsync(Hook);
        await RunAsync(dispatcher);
        (await StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
        return (sender, dispatcher, id);
    }

    public async Task<string> SubscribeAsync(
        string endpoint,
        OdsCode? authority = null,
        int maxCount = 1,
        string status = "requested",
        string extra = ""
    )
    {
        return await CreateAsync(Json(endpoint, status, null, maxCount, extra), authority);
    }

    public async Task<string> CreateAsync(string json, OdsCode? authority = null)
    {
        var answer = await Subscriptions.CreateAsync(Write(Encoding.UTF8.GetBytes(json), authority), default);
        answer.Refusal.Should().BeNull(string.Join(' ', answer.Refusal?.Issues.Select(i => i.Diagnostics) ?? []));
        return answer.Value.Location!.Split('/')[^3];
    }

    public async Task<Result<IdempotentAnswer>> UpdateAsync(string id, string endpoint, string status) =>
        await Subscriptions.UpdateAsync(
            id,
            null,
            Write(Encoding.UTF8.GetBytes(Json(endpoint, status, id, 1, ""))),
            default
        );

    public static SubscriptionWrite Write(byte[] body, OdsCode? authority = null) =>
        new(
            Caller(authority ?? Authority),
            WriteRequest.Of("client", Guid.NewGuid().ToString(), true, "POST", "/Subscription", body),
            null,
            Base,
            body
        );

    public static Caller Caller(OdsCode authority, CallerKind kind = CallerKind.Authority) =>
        new(
            "client",
            authority,
            "An organisation",
            kind,
            null,
            [],
            ["system/Subscription.cruds", "system/$worklist", "system/$acknowledge", "system/AuditEvent.rs"]
        );

    /// <summary>A look-up that shows a plan: what the engine is there to tell of. Each person has a child of their own.</summary>
    public async Task<string> LookUpAsync(string person = "555000000001", OdsCode? authority = null)
    {
        var owner = authority ?? Authority;
        var plan = new ShownPlan(owner, PlanTypes.ChildProtectionPlan, "e1", 1, "f1", 1);
        var occurrence = new Occurrence
        {
            Id = Ids.Next(),
            Kind = OccurrenceKind.Access,
            Time = Time.GetUtcNow(),
            ClientId = "ed",
            Organisation = Setting,
            OrganisationName = "An emergency department",
            CallerKind = CallerKind.Setting,
            Person = new Person(person, null, "R8000", "Clinician", "Dr Test"),
            Interaction = "Flag",
            Child = ChildOf(person),
            Mode = LookUpMode.Unscheduled,
            Outcome = AccessOutcome.Shown,
            RequestId = Guid.NewGuid().ToString(),
            Shown = [plan],
            Obligations = [new Obligation(owner, [plan])],
        };
        await _store.RecordAsync(occurrence, default);
        // Which of two at the same moment is told of first is nobody's promise.
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return occurrence.Id;
    }

    private static NhsNumber ChildOf(string person) =>
        person == "555000000001"
            ? NhsNumber.Parse("9990000018")
            : SyntheticNhsNumbers.From(650_000).ElementAt(int.Parse(person[^3..], CultureInfo.InvariantCulture));

    public async Task<StoredResource> ReadAsync(string id) =>
        (await _store.ReadAsync(RecordType.Subscription, id, null, default))!;

    public async Task<SubscriptionStatus> StatusAsync(string id) => (await ReadAsync(id)).Subscription!.Status;

    public void Suspend(OdsCode authority) =>
        Current = new(2, Organisations().Select(o => o.Code == authority ? o with { Suspended = true } : o), []);

    public void Attempted(DispatchAttempt attempt) => Attempts.Enqueue(attempt);

    public void StatusChanged(string subscriptionId, SubscriptionStatus status, string? reason) =>
        Moves.Enqueue((subscriptionId, status, reason));

    public void SetAside(string subscriptionId, long number) => Asides.Enqueue((subscriptionId, number));

    public void Failed(string? subscriptionId, Exception failure) => Failures.Enqueue(failure);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _place.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A Subscription that is fetched.</summary>
    public static string InboxJson(string? id = null, string extra = "") =>
        $$"""
            {
              "resourceType": "Subscription", {{(id is null ? "" : $"\"id\": \"{id}\",")}}
              "status": "requested", "reason": "To be told of accesses",
              "criteria": "https://fhir.cpis.example/SubscriptionTopic/record-accessed",
              "channel": {
                "type": "message",
                "_type": { "extension": [ {
                  "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-channel-type",
                  "valueCoding": { "system": "https://fhir.cpis.example/CodeSystem/channel-type", "code": "inbox" }
                } ] },
                {{extra}}
                "payload": "application/fhir+json"
              }
            }
            """;

    /// <summary>A Subscription that gets messages.</summary>
    public static string MeshJson(string endpoint = "mesh:X26ABC2") =>
        InboxJson(extra: $"\"endpoint\": \"{endpoint}\",").Replace("\"inbox\"", "\"mesh\"", StringComparison.Ordinal);

    public static string Json(string endpoint, string status, string? id, int maxCount, string extra) =>
        $$"""
            {
              "resourceType": "Subscription", {{(id is null ? "" : $"\"id\": \"{id}\",")}}
              "status": "{{status}}", {{extra}}
              "reason": "To be told of accesses",
              "criteria": "https://fhir.cpis.example/SubscriptionTopic/record-accessed",
              "channel": {
                "extension": [
                  { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-max-count", "valuePositiveInt": {{maxCount}} },
                  { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period", "valueUnsignedInt": 86400 }
                ],
                "type": "rest-hook", "endpoint": "{{endpoint}}", "payload": "application/fhir+json"
              }
            }
            """;

    private async Task OpenAsync()
    {
        _store = await _place.OpenAsync(Time);
        Keys = KeysOf(_store);
        // Making an RSA key takes longer than a whole test; nothing here signs tokens.
        await _store.SaveKeyAsync(new SigningKey(KeyPurposes.Token, "unused", new byte[1], Time.GetUtcNow()), default);
        await Keys.LoadAsync(default);
        var places = new PlacesOfAction(_store);
        Subscriptions = new SubscriptionService(
            _store,
            _store,
            new IdempotentWrite(_store, Time),
            places,
            new OtherSubscriptions(places, Options),
            new SubscriptionParser(Options, Mesh, Profiles, Time),
            new DispatchSignal(Time),
            Ids,
            Time
        );
    }

    private KeyRing KeysOf(IExchangeStore store) => new(store, new ServerLeases(store, Ids, Time), Ids, Time);

    private static Organisation[] Organisations() =>
        [
            new()
            {
                Code = Authority,
                Name = "An authority",
                Kind = CallerKind.Authority,
            },
            new()
            {
                Code = OtherAuthority,
                Name = "Another authority",
                Kind = CallerKind.Authority,
            },
        ];
}
