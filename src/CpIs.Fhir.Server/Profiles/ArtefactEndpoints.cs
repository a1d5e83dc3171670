using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>Profiles, terminology, operations and statements as FHIR resources, read and searched by anyone.</summary>
internal static class ArtefactEndpoints
{
    public static void MapArtefacts(this IEndpointRouteBuilder fhir)
    {
        var open = fhir.MapGroup("").Admit(Admits.Readers with { IsFhir = true });
        foreach (var type in ArtefactParameters.Types)
        {
            open.MapRead($"/{type}/{{id:fhirid}}", (ArtefactSet artefacts, string id) => Read(artefacts, type, id))
                .TakesParametersOfRead(type);
            Delegate search = (
                HttpContext context,
                ArtefactSet artefacts,
                BundleOptions options,
                ExchangeUrls urls,
                IdGenerator ids,
                TimeProvider time
            ) => SearchAsync(context, artefacts, type, options, urls, ids, time);
            open.MapRead($"/{type}", search);
            open.MapPost($"/{type}/_search", search);
        }
    }

    private static IResult Read(ArtefactSet artefacts, string type, string id) =>
        artefacts.Find(type, id) is { } artefact
            ? new Published(() => FhirResults.Resource(artefact.Json()))
            : FhirResults.Refused(Refusal.Unknown($"This {type}"));

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        ArtefactSet artefacts,
        string type,
        BundleOptions options,
        ExchangeUrls urls,
        IdGenerator ids,
        TimeProvider time
    )
    {
        if (
            (await SearchInput.ReadAsync(context)).IsRefused(out var refusal, out var input)
            || ParameterReader.Read(ArtefactParameters.TableOf(type), input).IsRefused(out refusal, out var asked)
        )
            return FhirResults.Refused(refusal);
        context.AnswerWith(asked);
        var query = ArtefactQuery.Of(type, asked, options.DefaultCount);
        var found = query.Find(artefacts);
        var path = $"{urls.FhirBase}/{type}";
        using var bundle = new SearchsetWriter(
            urls.FhirBase,
            ids.Next(),
            time.GetUtcNow(),
            found.Count,
            path + QueryString.Create(input!),
            Next(query, found.Count, input) is { } next ? path + next : null
        );
        foreach (var artefact in found.Skip(query.Offset).Take(query.Count))
            bundle.Add(type, artefact.Id, artefact.Json().Span, "match");
        return FhirResults.Resource(bundle.Finish());
    }

    private static QueryString? Next(ArtefactQuery query, int total, List<KeyValuePair<string, string>> input) =>
        query.Count == 0 || query.Offset >= total - query.Count
            ? null
            : QueryString.Create(
                input
                    .Where(parameter => parameter.Key != ArtefactQuery.OffsetParameter)
                    .Append(new(ArtefactQuery.OffsetParameter, $"{query.Offset + query.Count}"))!
            );
}
