using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Records;

/// <summary>
/// Stored resources as their authority reads them: read, vread and search, within its own records. What tells of a child is
/// on record before it is shown. An operator reads Organizations and nothing else.
/// </summary>
internal static class RecordEndpoints
{
    /// <summary>The types that are read here.</summary>
    public static readonly RecordType[] Types =
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
            Delegate search = (
                HttpContext context,
                IRecordStore records,
                RecordedReads reads,
                Inclusion inclusion,
                Paging pages,
                BundleOptions options
            ) => SearchAsync(context, type, records, reads, inclusion, pages, options);
            fhir.MapRead($"/{type}", search).Admit(Readers(type, "s"));
            fhir.MapPost($"/{type}/_search", search).Admit(Readers(type, "s"));
            var plain = fhir.MapGroup("").TakesParametersOfRead(type.ToString());
            plain
                .MapRead(
                    $"/{type}/{{id:fhirid}}",
                    (
                        HttpContext context,
                        IRecordStore records,
                        RecordedReads reads,
                        IOrganisationDirectory directory,
                        string id
                    ) => ReadAsync(context, records, reads, directory, type, id, null)
                )
                .Admit(Readers(type, "r"));
            plain
                .MapRead(
                    $"/{type}/{{id:fhirid}}/_history/{{version:int:min(1)}}",
                    (
                        HttpContext context,
                        IRecordStore records,
                        RecordedReads reads,
                        IOrganisationDirectory directory,
                        string id,
                        int version
                    ) => ReadAsync(context, records, reads, directory, type, id, version)
                )
                .Admit(Readers(type, "r"));
        }
    }

    /// <summary>Who may read a type.</summary>
    public static Guest[] Readers(RecordType type, string letter)
    {
        var scope = $"system/{type}.{letter}";
        return (type, letter) switch
        {
            (RecordType.Organization, "r") =>
            [
                Guest.Authority(scope),
                Guest.Operator(scope),
                Guest.Setting("user/Organization.r"),
            ],
            (RecordType.Organization, _) => [Guest.Operator(scope)],
            _ => [Guest.Authority(scope)],
        };
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        IRecordStore records,
        RecordedReads reads,
        IOrganisationDirectory directory,
        RecordType type,
        string id,
        int? version
    )
    {
        var found = await records.ReadAsync(type, id, version, context.RequestAborted);
        if (!MayRead(context.Caller(), found, directory))
            return FhirResults.Refused(Refusal.Unknown($"This {type}"));
        if (found.Child is not null)
            await reads.RecordAsync(ReadViews.Of(context, Reference(found), found.Child), context.RequestAborted);
        return found.IsDeleted ? FhirResults.Refused(Refusal.Gone($"This {type}")) : FhirResults.Resource(found);
    }

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        RecordType type,
        IRecordStore records,
        RecordedReads reads,
        Inclusion inclusion,
        Paging pages,
        BundleOptions options
    )
    {
        if (
            (await pages.OpenAsync(context, type.ToString(), SearchTables.Of(type))).IsRefused(
                out var refusal,
                out var opened
            )
            || RecordSearch
                .Query(type, opened.Asked, Own(context.Caller()), options.DefaultCount)
                .IsRefused(out refusal, out var query)
        )
            return FhirResults.Refused(refusal);
        var search = opened.Search;
        var page = await records.SearchAsync(query with { After = search.After }, context.RequestAborted);
        var included = query.Authority is { } own
            ? await inclusion.ReadAsync(opened.Asked, own, page.Items, context.RequestAborted)
            : [];
        if (type != RecordType.Organization)
            await reads.RecordAsync(
                ReadViews.Of(
                    context,
                    search.Type,
                    search.Parameters,
                    [.. page.Items.Concat(included).Select(found => (Reference(found), found.Child))]
                ),
                context.RequestAborted
            );
        return FhirResults.Resource(pages.Write(context, search, page, found => (found.Id, found.Body), included));
    }

    /// <summary>
    /// False for what is not there, and for what is another's, which is unknown in the same words. A setting reads the Organization of each
    /// authority: whom to phone.
    /// </summary>
    public static bool MayRead(
        Caller caller,
        [NotNullWhen(true)] StoredResource? found,
        IOrganisationDirectory directory
    ) =>
        found is not null
        && (
            Own(caller) is not { } own
            || found.Authority == own
            || (
                caller.Kind == CallerKind.Setting
                && found.Type == RecordType.Organization
                && directory.Current.Find(found.Authority)?.Kind == CallerKind.Authority
            )
        );

    private static OdsCode? Own(Caller caller) => caller.Kind == CallerKind.Operator ? null : caller.Organisation;

    /// <summary>A version as the record of a read names it.</summary>
    public static string Reference(StoredResource found) => $"{found.Type}/{found.Id}/_history/{found.Version}";
}
