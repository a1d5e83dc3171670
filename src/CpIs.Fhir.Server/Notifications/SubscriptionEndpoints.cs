using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Subscriptions over HTTP, for the authority that owns them.</summary>
internal static class SubscriptionEndpoints
{
    private const string IdRoute = "/Subscription/{id:fhirid}";

    private static readonly string[] GetOrPost = [HttpMethods.Get, HttpMethods.Post];

    /// <summary>Maps create, update, delete, read, vread, search and <c>$status</c> under the FHIR base.</summary>
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder fhir)
    {
        var plain = fhir.MapGroup("").TakesOnlyAnswerParameters("writing a Subscription");
        plain.MapPost("/Subscription", CreateAsync).Admit(Owner("c")).TakesCondition(null);
        plain.MapPut(IdRoute, UpdateAsync).Admit(Owner("u")).TakesCondition("If-Match");
        plain.MapDelete(IdRoute, DeleteAsync).Admit(Owner("d")).TakesCondition("If-Match");
        var read = fhir.MapGroup("").TakesParametersOfRead("Subscription");
        read.MapRead(IdRoute, (HttpContext c, SubscriptionService s, string id) => ReadAsync(c, s, id, null))
            .Admit(Owner("r"));
        read.MapRead(IdRoute + "/_history/{version:int:min(1)}", ReadAsync).Admit(Owner("r"));
        fhir.MapRead("/Subscription", SearchAsync).Admit(Owner("s"));
        fhir.MapPost("/Subscription/_search", SearchAsync).Admit(Owner("s"));
        fhir.MapMethods(IdRoute + "/$status", GetOrPost, StatusAsync).Admit(Owner("r"));
        fhir.MapMethods("/Subscription/$status", GetOrPost, StatusesAsync).Admit(Owner("s"));
        return fhir;
    }

    private static Guest Owner(string letter) => Guest.Authority($"system/Subscription.{letter}");

    private static async Task<IResult> CreateAsync(
        HttpContext context,
        SubscriptionService service,
        ExchangeUrls urls
    ) =>
        (await SubscriptionRequests.ReadWriteAsync(context, urls)).IsRefused(out var refusal, out var write)
            ? FhirResults.Refused(refusal)
            : Answer(context, await service.CreateAsync(write, context.RequestAborted));

    private static async Task<IResult> UpdateAsync(
        HttpContext context,
        SubscriptionService service,
        ExchangeUrls urls,
        string id
    )
    {
        var ifMatch = Versions.ReadIfMatch(context);
        if (ifMatch.Refusal is { } unreadable)
            return FhirResults.Refused(unreadable);
        return (await SubscriptionRequests.ReadWriteAsync(context, urls)).IsRefused(out var refusal, out var write)
            ? FhirResults.Refused(refusal)
            : Answer(context, await service.UpdateAsync(id, ifMatch.Value, write, context.RequestAborted));
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context,
        SubscriptionService service,
        ExchangeUrls urls,
        string id
    )
    {
        if (Versions.ReadIfMatch(context).IsRefused(out var refusal, out var ifMatch))
            return FhirResults.Refused(refusal);
        var write = SubscriptionRequests.WriteOf(context, urls, default);
        return (await service.DeleteAsync(id, ifMatch, write, context.RequestAborted)).IsRefused(
            out refusal,
            out var answer
        )
            ? FhirResults.Refused(refusal)
            : FhirResults.Deleted(context, answer);
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        SubscriptionService service,
        string id,
        int? version
    )
    {
        var read = await service.ReadAsync(context.Caller(), id, version, context.RequestAborted);
        return read.IsRefused(out var refusal, out var found)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(found);
    }

    /// <summary>On one Subscription the operation ignores what its parameters say, as the guide has it.</summary>
    private static async Task<IResult> StatusAsync(
        HttpContext context,
        SubscriptionService service,
        NotificationBundle bundle,
        IdGenerator ids,
        ExchangeUrls urls,
        string id
    )
    {
        if ((await SubscriptionRequests.ReadStatusAsync(context)).IsRefused(out var unreadable, out _))
            return FhirResults.Refused(unreadable);
        var read = await service.ReadStandingAsync(context.Caller(), id, context.RequestAborted);
        return read.IsRefused(out var refusal, out var standing)
            ? FhirResults.Refused(refusal)
            : Statuses(context, bundle, ids, urls, $"{id}/", [standing]);
    }

    private static async Task<IResult> StatusesAsync(
        HttpContext context,
        SubscriptionService service,
        NotificationBundle bundle,
        IdGenerator ids,
        ExchangeUrls urls
    )
    {
        if ((await SubscriptionRequests.ReadStatusAsync(context)).IsRefused(out var refusal, out var asked))
            return FhirResults.Refused(refusal);
        var standings = await service.ReadStandingsAsync(
            context.Caller(),
            asked.Ids,
            asked.Statuses,
            context.RequestAborted
        );
        return Statuses(context, bundle, ids, urls, "", standings);
    }

    private static IResult Statuses(
        HttpContext context,
        NotificationBundle bundle,
        IdGenerator ids,
        ExchangeUrls urls,
        string of,
        IReadOnlyList<SubscriptionStanding> standings
    ) =>
        FhirResults.Resource(
            bundle.WriteStatuses(
                ids.Next(),
                standings,
                $"{urls.FhirBase}/Subscription/{of}$status{context.Request.QueryString}"
            )
        );

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        IRecordStore records,
        Paging pages,
        BundleOptions bundles
    )
    {
        if (
            (await pages.OpenAsync(context, "Subscription", SearchTables.Of(RecordType.Subscription))).IsRefused(
                out var refusal,
                out var opened
            )
            || RecordSearch
                .Query(RecordType.Subscription, opened.Asked, context.Caller().Organisation, bundles.DefaultCount)
                .IsRefused(out refusal, out var query)
        )
            return FhirResults.Refused(refusal);
        var page = await records.SearchAsync(query with { After = opened.Search.After }, context.RequestAborted);
        return FhirResults.Resource(pages.Write(context, opened.Search, page, found => (found.Id, found.Body)));
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
}
