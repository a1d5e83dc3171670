using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// Makes the reports of all authorities once in a London day, after the files of the night: on one server for all, in small bites with pauses
/// so that no look-up waits for it. It may be cut off anywhere: nothing is kept before everything is, and the next run begins anew.
/// </summary>
public sealed class QualityRun(
    IRecordStore records,
    IDailyFileStore files,
    IOrganisationDirectory directory,
    ServerLeases leases,
    RetentionPace pace,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Time of the day in London from which on the reports of the day are made.</summary>
    public static readonly TimeOnly At = new(4, 0);

    private const string Lease = "quality";

    /// <summary>Longer than a bite and its pause take; prolonged at each.</summary>
    private static readonly TimeSpan BiteTime = TimeSpan.FromMinutes(5);

    private readonly QualityReports _reports = new(records);
    private DateOnly? _done;

    /// <summary>Makes the reports of today, if it is time and nobody has.</summary>
    /// <returns>How many; null where there was nothing to do, or another server has it.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<int?> RunAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var today = LondonCalendar.DayOf(now);
        if (_done == today || LondonCalendar.TimeOf(now) < At)
            return null;
        if (!await HoldAsync(cancellation).ConfigureAwait(false))
            return null;
        try
        {
            var made = await IsMadeAsync(today, cancellation).ConfigureAwait(false)
                ? null
                : await MakeAsync(now, today, cancellation).ConfigureAwait(false);
            _done = today;
            return made;
        }
        finally
        {
            await leases.ReleaseAsync(Lease).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsMadeAsync(DateOnly today, CancellationToken cancellation) =>
        (await _reports.ReadAllAsync(today, cancellation).ConfigureAwait(false)).Count > 0;

    private async Task<int?> MakeAsync(DateTimeOffset now, DateOnly today, CancellationToken cancellation)
    {
        var current = directory.Current;
        var found = new Dictionary<OdsCode, AuthorityQuality>();
        var child = new ChildQuality(today, Of, code => current.Find(code)?.Name ?? code.Value);
        if (!await WalkAsync(child, now, cancellation).ConfigureAwait(false))
            return null;
        var reports = new List<(string, QualityReport)>();
        foreach (var authority in current.Organisations.Where(each => current.IsServed(each.Code)))
        {
            reports.Add(
                (
                    ids.Next(),
                    await ReportAsync(authority, Of(authority.Code), now, today, cancellation).ConfigureAwait(false)
                )
            );
            if (!await HoldAsync(cancellation).ConfigureAwait(false))
                return null;
        }

        if (!await _reports.KeepAsync(reports, cancellation).ConfigureAwait(false))
            return null;
        await _reports
            .RemoveAsync(LondonCalendar.StartOf(today.AddDays(-QualityReport.KeptDays)), cancellation)
            .ConfigureAwait(false);
        return reports.Count;

        AuthorityQuality Of(OdsCode code) =>
            found.TryGetValue(code, out var known) ? known : found[code] = new AuthorityQuality();
    }

    /// <summary>
    /// Each child once, at the Patient of it with the lowest id: the oldest Patient first. A child whose Patient changes while the walk is on its
    /// way may be left for the next night, and is never counted twice.
    /// </summary>
    /// <returns>False when another server has taken over.</returns>
    private async Task<bool> WalkAsync(ChildQuality child, DateTimeOffset began, CancellationToken cancellation)
    {
        var query = new RecordQuery(RecordType.Patient, null, []) { Count = pace.Bite };
        do
        {
            var page = await records.SearchAsync(query, cancellation).ConfigureAwait(false);
            foreach (var patient in page.Items.Where(patient => patient.LastUpdated <= began))
            {
                var held = await records.ReadChildAsync(patient.Child!.Value, cancellation).ConfigureAwait(false);
                var first = held.Where(record => record.Type == RecordType.Patient)
                    .MinBy(record => record.Id, StringComparer.Ordinal);
                if (first?.Id == patient.Id && first.Version == patient.Version)
                    child.Judge(held);
            }

            query = query with { After = page.Next };
            if (query.After is null)
                return true;
            await Task.Delay(pace.Pause, time, cancellation).ConfigureAwait(false);
        } while (await HoldAsync(cancellation).ConfigureAwait(false));

        return false;
    }

    private async Task<QualityReport> ReportAsync(
        Organisation authority,
        AuthorityQuality found,
        DateTimeOffset now,
        DateOnly today,
        CancellationToken cancellation
    )
    {
        var before = await _reports
            .ReadNewestAsync(authority.Code, today.AddDays(-1), cancellation)
            .ConfigureAwait(false);
        var tally = new FailureTally(files, before, today);
        await tally.ReadAsync(authority.Code, cancellation).ConfigureAwait(false);
        var shown = authority.ResourceId is { } id
            ? await records.ReadAsync(RecordType.Organization, id, null, cancellation).ConfigureAwait(false)
            : null;
        return new QualityReport
        {
            Authority = authority.Code.Value,
            Day = today,
            AsOf = now,
            Children = found.Children,
            Plans = found.Plans,
            OpenPlans = found.OpenPlans,
            LastUpload = directory.Current.FindRegister(authority.Code)?.LastUpload,
            StaleSince = directory
                .Current.StaleAt(now)
                .FirstOrDefault(stale => stale.Authority == authority.Code)
                ?.Since,
            PhonesSince = shown is null ? null : LondonCalendar.DayOf(shown.LastUpdated),
            Files = tally.Files,
            Failing = tally.Failing,
            Lists = found.Lists,
        };
    }

    private Task<bool> HoldAsync(CancellationToken cancellation) => leases.TryHoldAsync(Lease, BiteTime, cancellation);
}
