using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Records;

/// <summary>The versions of one stored resource as a page, which is on record before it is shown.</summary>
internal sealed class RecordHistory(
    IRecordStore records,
    RecordedReads reads,
    IOrganisationDirectory directory,
    BundleOptions options,
    ExchangeUrls urls,
    IdGenerator ids,
    TimeProvider time
)
{
    private const int MostVersions = 100;
    private const string Before = "_before";

    private static readonly ParameterTable Parameters = new(
        "parameter of a history",
        [
            new("_count", ParameterKind.Number) { IsOnce = true },
            new("_since", ParameterKind.Date) { IsOnce = true },
            // Of the link to the next page.
            new(Before, ParameterKind.Number) { IsOnce = true, IsListed = false },
        ]
    );

    public async Task<IResult> AnswerAsync(HttpContext context, RecordType type, string id)
    {
        if (SearchInput.FromUrl(context, Parameters).IsRefused(out var refusal, out var asked))
            return FhirResults.Refused(refusal);
        var current = await records.ReadAsync(type, id, null, context.RequestAborted);
        if (!RecordEndpoints.MayRead(context.Caller(), current, directory))
            return FhirResults.Refused(Refusal.Unknown($"This {type}"));
        if (asked.Of("_since").FirstOrDefault() is { Value.Date.Prefix: not "eq" } prefixed)
            return FhirResults.Refused(prefixed.Refuse("Send a date or a time without a prefix."));
        var since = asked.Of("_since").FirstOrDefault()?.Value.Date?.From;
        var most = Math.Min(asked.Count(options.DefaultCount), MostVersions);
        var newest = int.TryParse(asked.Code(Before), CultureInfo.InvariantCulture, out var before)
            ? Math.Min(before - 1, current.Version)
            : current.Version;
        var (page, oldest) = await PageAsync(current, newest, most, since, context.RequestAborted);
        await reads.RecordAsync(
            ReadViews.Of(
                context,
                $"{type}/{id}/_history",
                [],
                [.. page.Select(found => (RecordEndpoints.Reference(found), found.Child))]
            ),
            context.RequestAborted
        );
        var address = $"{urls.FhirBase}/{type}/{id}/_history";
        return FhirResults.Resource(
            HistoryWriter.Write(
                urls.FhirBase,
                ids.Next(),
                time.GetUtcNow(),
                since is null ? current.Version : null,
                address + context.Request.QueryString,
                oldest is { } last ? Next(address, last, most, asked) : null,
                page
            )
        );
    }

    /// <summary>The versions of a page, and the oldest of them where older ones follow.</summary>
    private async Task<(List<StoredResource> Page, int? Oldest)> PageAsync(
        StoredResource current,
        int newest,
        int most,
        DateTimeOffset? since,
        CancellationToken cancellation
    )
    {
        var page = new List<StoredResource>();
        for (var version = newest; version >= 1; version--)
        {
            if (page.Count == most)
                return (page, most == 0 ? null : version + 1);
            var found =
                version == current.Version
                    ? current
                    : await records.ReadAsync(current.Type, current.Id, version, cancellation);
            if (found is null)
                continue;
            if (found.LastUpdated < since)
                break;
            page.Add(found);
        }

        return (page, null);
    }

    private static string Next(string address, int oldest, int count, AskedParameters asked)
    {
        var since = asked.Code("_since") is { } text ? $"&_since={Uri.EscapeDataString(text)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{address}?_count={count}{since}&{Before}={oldest}");
    }
}
