using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>A real store on a clock of ours, authorities that are to be told, and everything that was said about it.</summary>
internal sealed class EscalationHarness : IAsyncDisposable, IOrganisationDirectory, IUntoldObserver
{
    public static readonly OdsCode Hareford = OdsCode.Parse("XHF01");
    public static readonly OdsCode Otherton = OdsCode.Parse("XOT01");

    private static readonly OdsCode Setting = OdsCode.Parse("XED01");

    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-escalation-").FullName;
    private readonly IdGenerator _ids;
    private int _subscriptions;

    private EscalationHarness() => _ids = new IdGenerator(Clock);

    /// <summary>Ten o'clock in London.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 6, 10, 9, 0, 0, TimeSpan.Zero));

    public SqliteStore Store { get; private set; } = null!;

    /// <summary>What was said since it was last asked, a line each.</summary>
    public List<string> Heard { get; } = [];

    public OrganisationDirectory Current { get; set; } =
        new(
            1,
            [
                new Organisation
                {
                    Code = Hareford,
                    Name = "Harefordshire",
                    Kind = CallerKind.Authority,
                    OfficePhone = "01632 960000",
                    EmergencyDutyPhone = "01632 960001",
                },
                new Organisation
                {
                    Code = Otherton,
                    Name = "Otherton",
                    Kind = CallerKind.Authority,
                },
                new Organisation
                {
                    Code = Setting,
                    Name = "An emergency department",
                    Kind = CallerKind.Setting,
                },
            ],
            []
        );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<EscalationHarness> OpenAsync()
    {
        var harness = new EscalationHarness();
        harness.Store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions
            {
                Directory = harness._directory,
                WriteTimeout = TimeSpan.FromMinutes(1),
                SearchTimeout = TimeSpan.FromMinutes(1),
            },
            TimeProvider.System,
            Stop
        );
        return harness;
    }

    /// <summary>Keeps who is in <see cref="Current"/> in the store, as a server has it.</summary>
    public async Task RegisterAsync()
    {
        var registrations = Current.Organisations.Select(RegistrationForm.Of).ToList();
        (await Store.CommitAsync(new Commit { Registrations = registrations }, Stop))
            .Should()
            .Be(CommitOutcome.Committed);
        await RefreshAsync();
    }

    /// <summary>Reads who is registered from the store.</summary>
    public async Task RefreshAsync() => Current = RegistrationForm.ReadAll(await Store.ReadRegistrationsAsync(Stop));

    /// <summary>What one more server says of itself to the others.</summary>
    public ServerLeases Server() => new(Store, _ids, Clock);

    public OnceIn Once() => new(Store, _ids, Clock);

    public UntoldWatch Watch(UntoldGauges? gauges = null) =>
        new(
            Store,
            new Worklist(Store, Store),
            new ChannelLimits(new PlacesOfAction(Store)),
            this,
            gauges ?? new UntoldGauges(Clock),
            this,
            Clock
        );

    /// <summary>A look-up of a child nobody looked up before: one that authorities are to be told of.</summary>
    public Task<string> LookUpAsync(params OdsCode[] authorities) => HappenAsync(OccurrenceKind.Access, authorities);

    /// <summary>A look-up, a missed appointment or an inactive number that authorities are to be told of.</summary>
    public async Task<string> HappenAsync(OccurrenceKind kind, params OdsCode[] authorities)
    {
        var plans = authorities.Select(owner => new ShownPlan(owner, PlanTypes.ChildProtectionPlan, "e", 1, "f", 1));
        var id = _ids.Next();
        await Store.RecordAsync(
            new Occurrence
            {
                Id = id,
                Kind = kind,
                Time = Clock.GetUtcNow(),
                ClientId = "ed",
                Organisation = Setting,
                OrganisationName = "An emergency department",
                CallerKind = CallerKind.Setting,
                Person = new Person("555000000001", null, "R8000", "Clinician", "Dr Test"),
                Interaction = "Flag",
                Child = NhsNumber.Parse("9990000018"),
                Mode = LookUpMode.Unscheduled,
                Outcome = AccessOutcome.Shown,
                RequestId = Guid.NewGuid().ToString(),
                Shown = [.. plans],
                Obligations = [.. plans.Select(plan => new Obligation(plan.Authority, [plan]))],
            },
            Stop
        );
        return id;
    }

    /// <summary>A named person of Harefordshire takes notices.</summary>
    public async Task TakeAsync(params string[] accesses)
    {
        var by = new Occurrence
        {
            Id = _ids.Next(),
            Kind = OccurrenceKind.Administration,
            Time = Clock.GetUtcNow(),
            ClientId = "hareford",
            Organisation = Hareford,
            OrganisationName = "Harefordshire",
            CallerKind = CallerKind.Authority,
            Interaction = "$acknowledge",
            RequestId = Guid.NewGuid().ToString(),
        };
        var commit = new Commit
        {
            Occurrence = by,
            Taken = new NoticesTaken(Hareford, accesses, Clock.GetUtcNow(), by.Id),
        };
        (await Store.CommitAsync(commit, Stop)).Should().Be(CommitOutcome.Committed);
    }

    public async Task SubscribeAsync(string endpoint, SubscriptionStatus status = SubscriptionStatus.Active)
    {
        var resource = new StoredResource
        {
            Type = RecordType.Subscription,
            Id = $"s{++_subscriptions}",
            Version = 1,
            LastUpdated = Clock.GetUtcNow(),
            Authority = Hareford,
            Body = "{}"u8.ToArray(),
            Tokens = [SubscriptionDocument.StatusToken(SubscriptionDocument.StatusCode(status))],
            Subscription = new SubscriptionTerms
            {
                Status = status,
                Activated = status == SubscriptionStatus.Active,
                Channel =
                    endpoint.Length == 0 ? ChannelKind.Inbox
                    : endpoint.StartsWith("mesh:", StringComparison.Ordinal) ? ChannelKind.Mesh
                    : ChannelKind.RestHook,
                Endpoint = endpoint,
            },
        };
        var commit = new Commit { Changes = [new Change(resource, 0)] };
        (await Store.CommitAsync(commit, Stop)).Should().Be(CommitOutcome.Committed);
    }

    /// <summary>Webhooks take what is there.</summary>
    public async Task DeliverAsync()
    {
        var now = Clock.GetUtcNow();
        await Store.NumberObligationsAsync(now, TimeSpan.Zero, 1_000, Stop);
        for (
            IReadOnlyList<Delivery> due;
            (
                due = await Store.ClaimDueAsync(new ClaimTerms(now, TimeSpan.FromMinutes(1), TimeSpan.Zero), 10, Stop)
            ).Count > 0;

        )
            foreach (var delivery in due)
            {
                await Store.SettleAsync(delivery, now, SendingState.Sound, tells: true, Stop);
                await Store.GiveBackAsync(delivery, new SendingEnd(SendingState.Sound, now), Stop);
            }
    }

    /// <summary>What was said since it was last asked.</summary>
    public List<string> Take()
    {
        var heard = Heard.ToList();
        Heard.Clear();
        return heard;
    }

    public void Late(LateNotices late) => Heard.Add($"late {Say(late)}");

    public void VeryLate(LateNotices late, string? phone) => Heard.Add($"very late {Say(late)} ring {phone ?? "-"}");

    public void AllTold(OdsCode authority, long newer) => Heard.Add($"all told {authority} {newer}");

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Say(LateNotices late) =>
        $"{late.Authority} {late.Count} {late.Age.TotalMinutes:0} {late.Reference}";
}
