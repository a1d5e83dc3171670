using CpIs.Fhir.Cli.Validation;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Validation;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.EndToEnd.Tests.Surfaces;

/// <summary>What each surface says of one text: the code of <c>cpis validate</c>, of <c>$validate</c> and of an upload, in one process.</summary>
public sealed class ThreeSurfaces : IAsyncLifetime, IOrganisationDirectory, IUploadAlarms
{
    private static readonly ConformanceSet Set = ConformanceSet.CoreAndOurs();

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"cpis-surfaces-{Guid.NewGuid():N}");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly ValidationDesk _desk = new(Set, 4);
    private SqliteStore _store = null!;
    private TransactionUpload _upload = null!;

    /// <summary>One problem: its rule and its place.</summary>
    public readonly record struct Told(string? Rule, string? Place);

    public OrganisationDirectory Current { get; } = new(1, [Authority("XHF01"), Authority("XEL01")], []);

    public void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead) { }

    public void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries) { }

    public async ValueTask InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _directory },
            _clock,
            TestContext.Current.CancellationToken
        );
        _upload = new TransactionUpload(
            _store,
            new IdempotentWrite(_store, _clock),
            this,
            new UploadOptions(),
            this,
            new IdGenerator(_clock),
            _clock,
            new WriteCheck(Set, []),
            new LoadedUploads(_store, this, _clock)
        );
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>As <c>cpis validate --profile</c>.</summary>
    internal static IReadOnlyList<ValidationIssue> Tool(byte[] text, string profile) =>
        Errors(
            Verdict
                .On(
                    new ValidationInput("-", "-", 1, text),
                    Set.Validator,
                    [Profile(profile)],
                    ValidatorOptions.Default,
                    ValidationSeverity.Information
                )
                .Result
        );

    /// <summary>As <c>$validate?profile=</c>.</summary>
    internal async Task<IReadOnlyList<ValidationIssue>> ServiceAsync(byte[] text, string profile)
    {
        using var place = (await _desk.TakeAsync(TestContext.Current.CancellationToken)).Value;
        return Errors(_desk.Conformance.Validator.Validate(FhirSource.ReadJson(text), [Profile(profile)]));
    }

    /// <summary>As an upload by authority XHF01: the refusal, or null where it was stored.</summary>
    public async Task<Refusal?> UploadAsync(byte[] text)
    {
        var caller = new Caller(
            "client",
            OdsCode.Parse("XHF01"),
            "An authority",
            CallerKind.Authority,
            // A form needs a person.
            new Person("555252170102", null, "social-worker", "Social Worker", "Wyn Workersample"),
            [Activities.Worker],
            SmartScopes.Of(CallerKind.Authority)
        );
        var request = WriteRequest.Of(caller.ClientId, Guid.NewGuid().ToString(), false, "POST", "", text);
        var answer = await _upload.ExecuteAsync(
            new Upload(caller, request, null, text),
            TestContext.Current.CancellationToken
        );
        return answer.Refusal;
    }

    /// <summary>As a Subscription of authority XHF01: the refusal, or null where it would be stored.</summary>
    internal static Refusal? Subscribe(byte[] text) =>
        new SubscriptionParser(
            new NotificationOptions(),
            new MeshOptions { Mailboxes = new Dictionary<string, string> { ["XHF01"] = "X26ABC1" } },
            new WriteCheck(Set, []),
            TimeProvider.System
        )
            .Parse(text, OdsCode.Parse("XHF01"))
            .Refusal;

    internal static IEnumerable<Told> Places(IEnumerable<ValidationIssue> issues) =>
        issues.Select(issue => new Told(issue.Rule, issue.Expression)).Distinct();

    private static List<ValidationIssue> Errors(ValidationResult result) =>
        [.. result.Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)];

    private static string Profile(string name) => FhirSystems.Profile(name);

    private static Organisation Authority(string code) =>
        new()
        {
            Code = OdsCode.Parse(code),
            Name = $"Name of {code}",
            Kind = CallerKind.Authority,
            ResourceId = code,
            EmergencyDutyPhone = "01632960000",
        };
}
