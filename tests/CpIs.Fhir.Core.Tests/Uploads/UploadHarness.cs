using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>An authority that uploads into a real store on a fake clock.</summary>
public sealed class UploadHarness : IAsyncDisposable
{
    /// <summary>Today: 23 November 2026, noon, winter time.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Path.Combine(
        Path.GetTempPath(),
        "cpis-uploads-" + Guid.NewGuid().ToString("N")
    );
    private static readonly WriteCheck Check = new(ConformanceSet.CoreAndOurs(), []);
    private SqliteStore _store = null!;

    private UploadHarness() => Clock = new FakeTimeProvider(Noon);

    public FakeTimeProvider Clock { get; }

    public SqliteStore Store => _store;

    public UploadOptions Options { get; init; } = new();

    /// <summary>What was told to whoever watches uploads.</summary>
    public HeardAlarms Alarms { get; } = new();

    public const string FhirBase = "https://exchange.example/FHIR/R4";

    public static Caller Hertfordshire { get; } = CallerOf("XHF01");

    public static Caller Elsewhere { get; } = CallerOf("XEL01");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<UploadHarness> OpenAsync(
        UploadOptions? options = null,
        RecordProtection? protection = null
    )
    {
        var harness = new UploadHarness { Options = options ?? new UploadOptions() };
        harness._store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions
            {
                Directory = harness._directory,
                Protection = protection ?? RecordProtection.Readable,
            },
            harness.Clock,
            Cancellation
        );
        return harness;
    }

    public static Caller CallerOf(string code, CallerKind kind = CallerKind.Authority) =>
        new("client-" + code, OdsCode.Parse(code), "Name of " + code, kind, null, [], SmartScopes.Of(kind));

    internal static IOrganisationDirectory Organisations { get; } =
        new FixedDirectory(new OrganisationDirectory(1, [Authority("XHF01"), Authority("XEL01")], []));

    public SingleUpload OneRecord(IRecordStore store) =>
        new(Upload(store), new IdempotentWrite(store, Clock), store, Check, Options);

    public PlanDeletion Deletion(IRecordStore store) =>
        new(Upload(store), new IdempotentWrite(store, Clock), store, Organisations);

    public TransactionUpload Upload(IRecordStore? store = null) =>
        new(
            store ?? _store,
            new IdempotentWrite(store ?? _store, Clock),
            Organisations,
            Options,
            Alarms,
            new IdGenerator(Clock),
            Clock,
            Check,
            new LoadedUploads(_store, Organisations, Clock)
        );

    public Task<Result<IdempotentAnswer>> SendAsync(
        ReadOnlyMemory<byte> body,
        Caller? caller = null,
        string? requestId = null,
        IRecordStore? store = null
    )
    {
        caller ??= Hertfordshire;
        var request = WriteRequest.Of(
            caller.ClientId,
            requestId ?? Guid.NewGuid().ToString(),
            requestId is not null,
            "POST",
            "",
            body.Span
        );
        return Upload(store).ExecuteAsync(new Upload(caller, request, "correlation", body, FhirBase), Cancellation);
    }

    public Task<Result<IdempotentAnswer>> SendAsync(
        JsonNode bundle,
        Caller? caller = null,
        string? requestId = null,
        IRecordStore? store = null
    ) => SendAsync(Encoding.UTF8.GetBytes(bundle.ToJsonString()), caller, requestId, store);

    /// <summary>The answer's entries, after a success.</summary>
    public async Task<List<Answered>> StoreAsync(JsonNode bundle, Caller? caller = null)
    {
        var result = await SendAsync(bundle, caller);
        result.Refusal.Should().BeNull();
        return Answered.Of(result.Value);
    }

    /// <summary>The refusal, after a failure.</summary>
    public async Task<Refusal> RefuseAsync(JsonNode bundle, Caller? caller = null)
    {
        var result = await SendAsync(bundle, caller);
        result.Refusal.Should().NotBeNull();
        return result.Refusal!;
    }

    public Task<IReadOnlyList<StoredResource>> ChildAsync(string nhsNumber) =>
        _store.ReadChildAsync(NhsNumber.Parse(nhsNumber), Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private static Organisation Authority(string code) =>
        new()
        {
            Code = OdsCode.Parse(code),
            Name = "Name of " + code,
            Kind = CallerKind.Authority,
            ResourceId = "org-" + code.ToLowerInvariant(),
            EmergencyDutyPhone = "01632960000",
        };

    private sealed record FixedDirectory(OrganisationDirectory Current) : IOrganisationDirectory;
}

/// <summary>One entry of an acknowledgement.</summary>
public sealed record Answered(string Status, string Type, string Id, int Version, JsonNode? Outcome)
{
    public static List<Answered> Of(IdempotentAnswer answer) =>
        [
            .. JsonNode.Parse(answer.Body.Span)!["entry"]!
                .AsArray()
                .Select(entry => entry!["response"]!)
                .Select(response =>
                {
                    // Without location where nothing is held.
                    var location = response["location"]?.GetValue<string>().Split('/') ?? ["", "", "", "0"];
                    return new Answered(
                        response["status"]!.GetValue<string>(),
                        location[0],
                        location[1],
                        int.Parse(location[3], System.Globalization.CultureInfo.InvariantCulture),
                        response["outcome"]
                    );
                }),
        ];
}
