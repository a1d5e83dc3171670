using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Tests.Uploads;
using CpIs.Fhir.Storage.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Retention;

/// <summary>An exchange into which an authority uploads, and whose days go by.</summary>
internal sealed class RetentionHarness : IAsyncDisposable
{
    private readonly RetentionRun _run;

    private RetentionHarness(UploadHarness uploads, RetentionOptions options, int bite)
    {
        Uploads = uploads;
        var ids = new IdGenerator(Clock);
        _run = new RetentionRun(
            uploads.Store,
            new CountingStore(uploads.Store) { BeforeCommit = _ => BeforeCommit() },
            uploads.Store,
            options,
            new RetentionPace(bite, TimeSpan.Zero),
            new ServerLeases(uploads.Store, ids, Clock),
            new RetentionRecord(uploads.Store, new NobodyRegistered(), ids, Clock),
            Clock
        );
    }

    public UploadHarness Uploads { get; }

    public SqliteStore Store => Uploads.Store;

    public FakeTimeProvider Clock => Uploads.Clock;

    /// <summary>Done before each commit of the run.</summary>
    public Func<Task> BeforeCommit { get; set; } = () => Task.CompletedTask;

    /// <summary>What the last run said, also one that was cut off.</summary>
    public RetentionCounts Reported { get; private set; } = new();

    public static async Task<RetentionHarness> OpenAsync(RetentionOptions options, int bite = 100) =>
        new(await UploadHarness.OpenAsync(), options, bite);

    /// <summary>To noon of a day in London.</summary>
    public void MoveTo(string day) =>
        Clock.SetUtcNow(
            LondonCalendar.StartOf(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture)).AddHours(12)
        );

    public async Task<RetentionCounts> RunAsync(CancellationToken? cancellation = null)
    {
        await _run.RunAsync(counts => Reported = counts, cancellation ?? TestContext.Current.CancellationToken);
        return Reported;
    }

    public Task<IReadOnlyList<StoredResource>> HeldAsync(string number = Sample.Robin) => Uploads.ChildAsync(number);

    /// <summary>A child on a plan that ended on 23 November 2026, in two versions; ids of what is stored.</summary>
    public async Task<IReadOnlyList<(RecordType Type, string Id)>> EndedAsync(
        string number = Sample.Robin,
        string plan = "CPP-0001"
    )
    {
        await Uploads.StoreAsync(Sample.Child(plan: plan, number: number));
        var ended = Sample.Episode(plan, number);
        ended.With("resource.status", "finished").With("resource.period.end", JsonValue.Create("2026-11-23"));
        await Uploads.StoreAsync(Sample.Bundle(Sample.Patient(number), ended));
        return [.. (await HeldAsync(number)).Select(r => (r.Type, r.Id))];
    }

    /// <summary>A Patient whose last plan is gone.</summary>
    public async Task AloneAsync()
    {
        await Uploads.StoreAsync(Sample.Child());
        var removals = (await HeldAsync())
            .Where(r => r.Type != RecordType.Patient)
            .Select(r => new Removal(r.Type, r.Id, r.Version))
            .ToList();
        await Uploads.Store.CommitAsync(new Commit { Removals = removals }, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Uploads.DisposeAsync();

    private sealed class NobodyRegistered : IOrganisationDirectory
    {
        public OrganisationDirectory Current => OrganisationDirectory.Empty;
    }
}
