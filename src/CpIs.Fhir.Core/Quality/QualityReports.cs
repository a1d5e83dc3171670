using System.Text.Json;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// The reports that are kept: one for an authority and a London day, as resources of the store that never leave it as such, so that both stores
/// keep, seal and copy them as they do records.
/// </summary>
public sealed class QualityReports(IRecordStore store)
{
    private const int Page = 500;

    /// <summary>The report of an authority of a London day, or null.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<QualityReport?> ReadAsync(OdsCode authority, DateOnly day, CancellationToken cancellation)
    {
        var identity = IdentityOf(authority, day);
        var found = await store
            .ReadByIdentityAsync(RecordType.QualityReport, [identity], cancellation)
            .ConfigureAwait(false);
        return found.TryGetValue(identity, out var kept) ? ReportOf(kept) : null;
    }

    /// <summary>The newest report of an authority, made on a day or before; null where none is kept.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<QualityReport?> ReadNewestAsync(OdsCode authority, DateOnly day, CancellationToken cancellation)
    {
        List<string> identities =
        [
            .. Enumerable
                .Range(0, QualityReport.KeptDays + 1)
                .Select(before => IdentityOf(authority, day.AddDays(-before))),
        ];
        var found = await store
            .ReadByIdentityAsync(RecordType.QualityReport, identities, cancellation)
            .ConfigureAwait(false);
        return identities.Find(found.ContainsKey) is { } newest ? ReportOf(found[newest]) : null;
    }

    /// <summary>Every authority's report of a London day, by ODS code.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<IReadOnlyList<QualityReport>> ReadAllAsync(DateOnly day, CancellationToken cancellation)
    {
        var reports = new List<QualityReport>();
        await foreach (
            var kept in FindAsync(new Condition.AnyToken([TokenOf(day)]), cancellation).ConfigureAwait(false)
        )
            reports.Add(ReportOf(kept));
        return [.. reports.OrderBy(report => report.Authority, StringComparer.Ordinal)];
    }

    /// <summary>Keeps reports, all at once: so nobody sees one side of a disagreement before the other.</summary>
    /// <returns>False where one of that day is kept already.</returns>
    internal async Task<bool> KeepAsync(
        IEnumerable<(string Id, QualityReport Report)> reports,
        CancellationToken cancellation
    )
    {
        var commit = new Commit
        {
            Changes = [.. reports.Select(each => new Change(ToResource(each.Id, each.Report), 0))],
        };
        return commit.Changes.Count == 0
            || await store.CommitAsync(commit, cancellation).ConfigureAwait(false) == CommitOutcome.Committed;
    }

    /// <summary>Removes what was made before a day.</summary>
    internal async Task RemoveAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var old = new List<StoredResource>();
        await foreach (
            var kept in FindAsync(new Condition.UpdatedWithin(new TimeRange(null, before)), cancellation)
                .ConfigureAwait(false)
        )
            old.Add(kept with { Body = default });
        foreach (var some in old.Chunk(Page))
            await store
                .CommitAsync(
                    new Commit { Removals = [.. some.Select(kept => new Removal(kept.Type, kept.Id, kept.Version))] },
                    cancellation
                )
                .ConfigureAwait(false);
    }

    private async IAsyncEnumerable<StoredResource> FindAsync(
        Condition condition,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var query = new RecordQuery(RecordType.QualityReport, null, [condition]) { Count = Page };
        do
        {
            var page = await store.SearchAsync(query, cancellation).ConfigureAwait(false);
            foreach (var kept in page.Items)
                yield return kept;
            query = query with { After = page.Next };
        } while (query.After is not null);
    }

    private static StoredResource ToResource(string id, QualityReport report)
    {
        var authority = OdsCode.Parse(report.Authority);
        return new StoredResource
        {
            Type = RecordType.QualityReport,
            Id = id,
            Version = 1,
            LastUpdated = report.AsOf,
            Authority = authority,
            Identity = IdentityOf(authority, report.Day),
            Body = JsonSerializer.SerializeToUtf8Bytes(report, QualityJson.Default.QualityReport),
            Tokens = [TokenOf(report.Day)],
        };
    }

    private static QualityReport ReportOf(StoredResource kept) =>
        JsonSerializer.Deserialize(kept.Body.Span, QualityJson.Default.QualityReport)!;

    private static string IdentityOf(OdsCode authority, DateOnly day) => $"{authority}|{day:yyyy-MM-dd}";

    private static string TokenOf(DateOnly day) => SearchTokens.Day("_quality", day);
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(QualityReport))]
internal sealed partial class QualityJson : JsonSerializerContext;
