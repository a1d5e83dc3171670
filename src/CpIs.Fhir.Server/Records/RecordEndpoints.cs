using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.LookUps;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Records;

/// <summary>
/// Stored resources as their authority reads them: read, vread and search, within its own records. A setting that searches
/// for Flag or EpisodeOfCare looks a child up; nothing else here is open to it.
/// </summary>
internal static class RecordEndpoints
{
    private static readonly RecordType[] Types =
    [
        RecordType.Patient,
        RecordType.EpisodeOfCare,
        RecordType.Flag,
        RecordType.Organization,
    ];

    public static void MapRecords(this IEndpointRouteBuilder fhir)
    {
        foreach (var type in Types)
        {
            Delegate search = (HttpContext context) => SearchAsync(context, type);
            fhir.MapGet($"/{type}", search);
            fhir.MapPost($"/{type}/_search", search);
            var read = fhir.MapGroup("").TakesOnlyAnswerParameters($"reading {type}");
            read.MapGet(
                $"/{type}/{{id:fhirid}}",
                (HttpContext context, string id) => ReadAsync(context, type, id, null)
            );
            read.MapGet(
                $"/{type}/{{id:fhirid}}/_history/{{version:int:min(1)}}",
                (HttpContext context, string id, int version) => ReadAsync(context, type, id, version)
            );
        }
    }

    private static async Task<IResult> ReadAsync(HttpContext context, RecordType type, string id, int? version)
    {
        if (Admit(context, type, "r") is { } refusal)
            return FhirResults.Refused(refusal);
        var caller = context.Caller();
        var found = await context
            .RequestServices.GetRequiredService<IRecordStore>()
            .ReadAsync(type, id, version, context.RequestAborted);
        return found is not null && (caller.Kind == CallerKind.Operator || found.Authority == caller.Organisation)
            ? FhirResults.Resource(found)
            : FhirResults.Refused(Refusal.Unknown($"This {type}"));
    }

    private static async Task<IResult> SearchAsync(HttpContext context, RecordType type)
    {
        var caller = context.Caller();
        if (caller.Kind == CallerKind.Setting && LookUpOf(type) is { } interaction)
            return await LookUpEndpoints.AnswerAsync(context, interaction);
        if (Admit(context, type, "s") is { } refusal)
            return FhirResults.Refused(refusal);

        var services = context.RequestServices;
        var pages = services.GetRequiredService<Paging>();
        var defaultCount = services.GetRequiredService<BundleOptions>().DefaultCount;
        if (
            (await pages.OpenAsync(context, type.ToString(), SearchTables.Of(type))).IsRefused(
                out refusal!,
                out var opened
            ) || RecordSearch.Query(type, opened.Asked, Own(caller), defaultCount).IsRefused(out refusal, out var query)
        )
            return FhirResults.Refused(refusal);
        var page = await services
            .GetRequiredService<IRecordStore>()
            .SearchAsync(query with { After = opened.Search.After }, context.RequestAborted);
        return FhirResults.Resource(pages.Write(context, opened.Search, page, found => (found.Id, found.Body)));
    }

    private static LookUpInteraction? LookUpOf(RecordType type) =>
        type switch
        {
            RecordType.Flag => LookUpInteraction.Flag,
            RecordType.EpisodeOfCare => LookUpInteraction.EpisodeOfCare,
            _ => null,
        };

    private static OdsCode? Own(Caller caller) => caller.Kind == CallerKind.Operator ? null : caller.Organisation;

    private static Refusal? Admit(HttpContext context, RecordType type, string access)
    {
        var caller = context.Caller();
        if (RequestChecks.Find(context) is { } problem)
            return problem;
        if (
            caller.Kind is not (CallerKind.Authority or CallerKind.Operator)
            || !SmartScopes.Allow(caller, type.ToString(), access)
        )
            return Refusal.Forbidden("Records are open to the authority that holds them.");
        return context.RequestServices.GetRequiredService<RequestLimits>().Check(caller);
    }
}
