using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>
/// Accesses as AuditEvents: to a setting the history (itself a look-up), to an authority every access of its own
/// children, to an operator all.
/// </summary>
internal static class AuditEventEndpoints
{
    public static void MapAuditEvents(this IEndpointRouteBuilder fhir)
    {
        fhir.MapGet("/AuditEvent", (Delegate)SearchAsync);
        fhir.MapPost("/AuditEvent/_search", (Delegate)SearchAsync);
        fhir.MapGet("/AuditEvent/{id:fhirid}", ReadAsync).TakesOnlyAnswerParameters("reading AuditEvent");
    }

    private static async Task<IResult> SearchAsync(HttpContext context)
    {
        var caller = context.Caller();
        if (caller.Kind == CallerKind.Setting)
            return await LookUpEndpoints.AnswerAsync(context, LookUpInteraction.AuditEvent);
        if (MayRead(context, "s") is { } refusal)
            return FhirResults.Refused(refusal);

        var services = context.RequestServices;
        var pages = services.GetRequiredService<Paging>();
        var defaultCount = services.GetRequiredService<BundleOptions>().DefaultCount;
        if (
            (await pages.OpenAsync(context, "AuditEvent", SearchTables.AuditEvent)).IsRefused(
                out refusal!,
                out var opened
            ) || AuditEventSearch.Query(opened.Asked, caller, defaultCount).IsRefused(out refusal, out var query)
        )
            return FhirResults.Refused(refusal);
        var page = await services
            .GetRequiredService<IOccurrenceStore>()
            .SearchOccurrencesAsync(query with { After = opened.Search.After }, context.RequestAborted);
        var fhirBase = services.GetRequiredService<ExchangeUrls>().FhirBase;
        return FhirResults.Resource(
            pages.Write(
                context,
                opened.Search,
                page,
                item => (item.Id, AuditEventWriter.ToBytes(item, fhirBase, caller))
            )
        );
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string id)
    {
        if (MayRead(context, "r") is { } refusal)
            return FhirResults.Refused(refusal);
        var caller = context.Caller();
        var occurrence = await context
            .RequestServices.GetRequiredService<IOccurrenceStore>()
            .ReadOccurrenceAsync(id, context.RequestAborted);
        var isTheirs =
            occurrence is not null
            && (caller.Kind == CallerKind.Operator || occurrence.Concerns.Contains(caller.Organisation));
        return isTheirs
            ? FhirResults.Resource(
                AuditEventWriter.ToBytes(
                    occurrence!,
                    context.RequestServices.GetRequiredService<ExchangeUrls>().FhirBase,
                    caller
                )
            )
            : FhirResults.Refused(Refusal.Unknown("This AuditEvent"));
    }

    private static Refusal? MayRead(HttpContext context, string access)
    {
        var caller = context.Caller();
        if (RequestChecks.Find(context) is { } problem)
            return problem;
        if (
            caller.Kind is not (CallerKind.Authority or CallerKind.Operator)
            || !SmartScopes.Allow(caller, "AuditEvent", access)
        )
            return Refusal.Forbidden(
                "Accesses are open to the authority whose children they concern, and to operators."
            );
        return context.RequestServices.GetRequiredService<RequestLimits>().Check(caller);
    }
}
