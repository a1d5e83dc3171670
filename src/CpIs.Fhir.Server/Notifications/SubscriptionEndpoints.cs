using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Subscriptions over HTTP, for the authority that owns them.</summary>
internal static class SubscriptionEndpoints
{
    private const string IdRoute = "/Subscription/{id:fhirid}";

    private static readonly string[] Statuses = ["requested", "active", "error", "off"];

    /// <summary>Maps create, update, read, vread, search and <c>$status</c> under the FHIR base.</summary>
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder fhir)
    {
        fhir.MapPost("/Subscription", CreateAsync);
        fhir.MapPut(IdRoute, UpdateAsync);
        fhir.MapGet(IdRoute, (HttpContext c, SubscriptionService s, string id) => ReadAsync(c, s, id, null));
        fhir.MapGet(IdRoute + "/_history/{version:int:min(1)}", ReadAsync);
        fhir.MapGet("/Subscription", SearchAsync);
        fhir.MapPost("/Subscription/_search", SearchAsync);
        fhir.MapGet(IdRoute + "/$status", StatusAsync);
        fhir.MapPost(IdRoute + "/$status", StatusAsync);
        fhir.MapGet("/Subscription/$status", StatusesAsync);
        fhir.MapPost("/Subscription/$status", StatusesAsync);
        return fhir;
    }

    private static async Task<IResult> CreateAsync(HttpContext context, SubscriptionService service, ExchangeUrls urls)
    {
        if (SubscriptionRequests.Check(context.Caller(), 'c') is { } forbidden)
            return FhirResults.Refused(forbidden);
        if ((await SubscriptionRequests.ReadWriteAsync(context, urls)).IsRefused(out var refusal, out var write))
            return FhirResults.Refused(refusal);
        return Answer(context, await service.CreateAsync(write, context.RequestAborted));
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context,
        SubscriptionService service,
        ExchangeUrls urls,
        string id
    )
    {
        if (SubscriptionRequests.Check(context.Caller(), 'u') is { } forbidden)
            return FhirResults.Refused(forbidden);
        var ifMatch = SubscriptionRequests.ReadIfMatch(context);
        if (ifMatch.Refusal is { } unreadable)
            return FhirResults.Refused(unreadable);
        if ((await SubscriptionRequests.ReadWriteAsync(context, urls)).IsRefused(out var refusal, out var write))
            return FhirResults.Refused(refusal);
        return Answer(context, await service.UpdateAsync(id, ifMatch.Value, write, context.RequestAborted));
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        SubscriptionService service,
        string id,
        int? version
    )
    {
        if (SubscriptionRequests.Check(context.Caller(), 'r') is { } forbidden)
            return FhirResults.Refused(forbidden);
        var read = await service.ReadAsync(context.Caller(), id, version, context.RequestAborted);
        return read.IsRefused(out var refusal, out var found)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(found);
    }

    private static async Task<IResult> StatusAsync(
        HttpContext context,
        SubscriptionService service,
        NotificationBundle bundle,
        string id
    )
    {
        // On one Subscription the operation ignores its parameters, as the guide says.
        if (SubscriptionRequests.Check(context.Caller(), 'r') is { } forbidden)
            return FhirResults.Refused(forbidden);
        var read = await service.ReadStandingAsync(context.Caller(), id, context.RequestAborted);
        return read.IsRefused(out var refusal, out var standing)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(bundle.WriteStatus(standing));
    }

    private static async Task<IResult> StatusesAsync(
        HttpContext context,
        SubscriptionService service,
        NotificationBundle bundle,
        IdGenerator ids,
        ExchangeUrls urls
    )
    {
        if (SubscriptionRequests.Check(context.Caller(), 's') is { } forbidden)
            return FhirResults.Refused(forbidden);
        var asked = await SubscriptionRequests.ReadParametersAsync(context, "id", "status");
        if (asked.IsRefused(out var refusal, out var parameters))
            return FhirResults.Refused(refusal);
        var onlyIds = Values(parameters, "id");
        var statuses = Values(parameters, "status");
        if (onlyIds.Count > 50 || statuses.Except(Statuses).Any())
            return FhirResults.Refused(BadStatus());
        var standings = await service.ReadStandingsAsync(context.Caller(), onlyIds, statuses, context.RequestAborted);
        return FhirResults.Resource(bundle.WriteStatuses(ids.Next(), standings, Self(context, urls)));
    }

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        IRecordStore records,
        IdGenerator ids,
        TimeProvider time,
        ExchangeUrls urls
    )
    {
        if (SubscriptionRequests.Check(context.Caller(), 's') is { } forbidden)
            return FhirResults.Refused(forbidden);
        var asked = await SubscriptionRequests.ReadParametersAsync(context, "url", "status", "_count");
        if (asked.IsRefused(out var refusal, out var parameters))
            return FhirResults.Refused(refusal);
        var conditions = new List<Condition>();
        foreach (var (name, value) in parameters.Where(p => p.Key != "_count"))
        {
            var values = value.Split(',');
            if (name == "status" && values.Except(Statuses).Any() || values.Length > 50)
                return FhirResults.Refused(BadStatus());
            conditions.Add(
                new Condition.AnyToken([
                    .. values.Select(v =>
                        name == "status" ? SubscriptionDocument.StatusToken(v) : SubscriptionDocument.UrlToken(v)
                    ),
                ])
            );
        }

        var counts = parameters.Where(p => p.Key == "_count").Select(p => p.Value).ToList();
        var count = 1_000;
        if (
            counts.Count > 1
            || (
                counts.Count == 1
                && !int.TryParse(counts[0], NumberStyles.None, CultureInfo.InvariantCulture, out count)
            )
        )
            return FhirResults.Refused(
                Refusal.Malformed("_count is one number, 0 or more.", null, SpineCodes.InvalidSearchData)
            );
        var page = await records.SearchAsync(
            new RecordQuery(RecordType.Subscription, context.Caller().Organisation, conditions)
            {
                Count = Math.Min(count, 1_000),
            },
            context.RequestAborted
        );
        using var answer = new SearchsetWriter(
            urls.FhirBase,
            ids.Next(),
            time.GetUtcNow(),
            page.Total,
            Self(context, urls)
        );
        foreach (var found in page.Items)
            answer.Add("Subscription", found.Id, found.Body.Span, "match");
        return FhirResults.Resource(answer.Finish());
    }

    private static IResult Answer(HttpContext context, Result<IdempotentAnswer> result)
    {
        if (result.IsRefused(out var refusal, out var answer))
            return FhirResults.Refused(refusal);
        if (answer.Location is { } location)
        {
            context.Response.Headers.Location = location;
            context.Response.Headers.ETag = $"W/\"{location[(location.LastIndexOf('/') + 1)..]}\"";
        }

        return FhirResults.Resource(answer.Body, answer.Status);
    }

    private static List<string> Values(IEnumerable<KeyValuePair<string, string>> parameters, string name) =>
        [.. parameters.Where(p => p.Key == name).SelectMany(p => p.Value.Split(','))];

    private static string Self(HttpContext context, ExchangeUrls urls) =>
        context.Request.Path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.Ordinal, out var rest)
            ? $"{urls.FhirBase}{rest}{context.Request.QueryString}"
            : urls.FhirBase;

    private static Refusal BadStatus() =>
        Refusal.Malformed(
            $"status is one of {string.Join(", ", Statuses)}; at most 50 values can be asked for at once.",
            null,
            SpineCodes.InvalidSearchData
        );
}
