using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Audit;

/// <summary>
/// Accesses as AuditEvents: to an authority every access of its own children, to an operator all, without child and plan.
/// Who reads them is on record before they are shown. A setting's search is a look-up: the history.
/// </summary>
internal static class AuditEventEndpoints
{
    private const string Type = "AuditEvent";

    public static void MapAuditEvents(this IEndpointRouteBuilder fhir)
    {
        fhir.MapRead("/AuditEvent", SearchAsync).Admit(Readers("s"));
        fhir.MapPost("/AuditEvent/_search", SearchAsync).Admit(Readers("s"));
        fhir.MapRead("/AuditEvent/{id:fhirid}", ReadAsync).Admit(Readers("r")).TakesParametersOfRead(Type);
    }

    private static Guest[] Readers(string letter) =>
        [Guest.Authority($"system/AuditEvent.{letter}"), Guest.Operator($"system/AuditEvent.{letter}")];

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        IOccurrenceStore occurrences,
        RecordedReads reads,
        Paging pages,
        BundleOptions options,
        ExchangeUrls urls,
        TimeProvider time
    )
    {
        var caller = context.Caller();
        if ((await pages.OpenAsync(context, Type, SearchTables.AuditEvent)).IsRefused(out var refusal, out var opened))
            return FhirResults.Refused(refusal);
        var search = opened.Search;
        var found = await AuditEventSearch.RunAsync(
            occurrences,
            opened.Asked,
            caller,
            search.After,
            options.DefaultCount,
            time.GetUtcNow(),
            context.RequestAborted
        );
        if (found.IsRefused(out refusal, out var page))
            return FhirResults.Refused(refusal);
        await reads.RecordAsync(
            ReadViews.Of(
                context,
                Type,
                search.Parameters,
                [.. page.Items.Select(item => ($"{Type}/{item.Id}", ChildAsShown(item, caller)))]
            ),
            context.RequestAborted
        );
        return FhirResults.Resource(
            pages.Write(context, search, page, item => (item.Id, AuditEventWriter.ToBytes(item, urls.FhirBase, caller)))
        );
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        IOccurrenceStore occurrences,
        RecordedReads reads,
        ExchangeUrls urls,
        string id
    )
    {
        var caller = context.Caller();
        var found = await occurrences.ReadOccurrenceAsync(id, context.RequestAborted);
        if (found is null || (caller.Kind == CallerKind.Authority && !found.Concerns.Contains(caller.Organisation)))
            return FhirResults.Refused(Refusal.Unknown("This AuditEvent"));
        await reads.RecordAsync(
            ReadViews.Of(context, $"{Type}/{id}", ChildAsShown(found, caller)),
            context.RequestAborted
        );
        return FhirResults.Resource(AuditEventWriter.ToBytes(found, urls.FhirBase, caller));
    }

    private static NhsNumber? ChildAsShown(Occurrence occurrence, Caller reader) =>
        reader.Kind == CallerKind.Operator ? null : occurrence.Child;
}
