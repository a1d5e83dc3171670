using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.Records;

/// <summary>The history of one stored resource, for who may read it. There is none of a type or of the whole server.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder fhir)
    {
        foreach (var type in RecordEndpoints.Types.Append(RecordType.Subscription))
            fhir.MapRead(
                    $"/{type}/{{id:fhirid}}/_history",
                    (HttpContext context, RecordHistory history, string id) => history.AnswerAsync(context, type, id)
                )
                .Admit(RecordEndpoints.Readers(type, "r"));
    }
}
