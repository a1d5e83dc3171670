using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>
/// The journey of the UPLOAD for one resource at its own address: create, update and delete, each also by the authority's own identifier.
/// What is created or updated is a transaction of one entry. A Patient has no DELETE: it is removed some time after its last plan.
/// </summary>
internal static class WriteEndpoints
{
    private static readonly ParameterTable ByIdentifier = new(
        "parameter for a conditional write",
        [new("identifier", ParameterKind.Token) { IsOnce = true, MostValues = 1 }]
    );

    public static void MapWrites(this IEndpointRouteBuilder fhir)
    {
        foreach (var type in (ReadOnlySpan<RecordType>)[RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag])
            Map(fhir, type);
    }

    private static void Map(IEndpointRouteBuilder fhir, RecordType type)
    {
        var plain = fhir.MapGroup("").TakesOnlyAnswerParameters($"writing {type}");
        plain
            .MapPost(
                $"/{type}",
                (HttpContext context, WriteDesk desk) =>
                    ReadCondition(context).IsRefused(out var refusal, out var condition)
                        ? Task.FromResult(FhirResults.Refused(refusal))
                        : desk.WriteAsync(context, type, write => write with { IfNoneExist = condition })
            )
            .Admit(Guest.Authority($"system/{type}.c"))
            .TakesCondition("If-None-Exist");
        plain
            .MapPut(
                $"/{type}/{{id:fhirid}}",
                (HttpContext context, WriteDesk desk, string id) =>
                    desk.WriteAsync(context, type, write => write with { Id = id })
            )
            .Admit(Guest.Authority($"system/{type}.u"))
            .TakesCondition("If-Match");
        fhir.MapPut(
                $"/{type}",
                (HttpContext context, WriteDesk desk) => ByIdentifierAsync(context, type, desk.WriteAsync)
            )
            .Admit(Guest.Authority($"system/{type}.cu"))
            .TakesCondition("If-Match");
        if (type == RecordType.Patient)
            return;
        plain
            .MapDelete(
                $"/{type}/{{id:fhirid}}",
                (HttpContext context, WriteDesk desk, string id) =>
                    desk.DeleteAsync(context, type, write => write with { Id = id })
            )
            .Admit(Guest.Authority($"system/{type}.d"))
            .TakesCondition("If-Match");
        fhir.MapDelete(
                $"/{type}",
                (HttpContext context, WriteDesk desk) => ByIdentifierAsync(context, type, desk.DeleteAsync)
            )
            .Admit(Guest.Authority($"system/{type}.d"))
            .TakesCondition("If-Match");
    }

    /// <summary>What names its record by the identifier in the URL.</summary>
    private static Task<IResult> ByIdentifierAsync(
        HttpContext context,
        RecordType type,
        Func<HttpContext, RecordType, Func<SingleWrite, SingleWrite>, Task<IResult>> act
    ) =>
        ReadIdentifier(SearchInput.FromUrl(context)).IsRefused(out var refusal, out var identifier)
            ? Task.FromResult(FhirResults.Refused(refusal))
            : act(context, type, write => write with { Identifier = identifier });

    /// <summary>What <c>If-None-Exist</c> asks for; null without it.</summary>
    private static Result<(string System, string Value)?> ReadCondition(HttpContext context)
    {
        const string header = "http.If-None-Exist";
        if (context.Request.Headers["If-None-Exist"] is not { Count: > 0 } sent)
            return ((string, string)?)null;
        return ReadIdentifier(SearchInput.Decode(sent.ToString())).IsRefused(out var refusal, out var identifier)
            ? refusal with
            {
                Issues = [.. refusal.Issues.Select(issue => issue with { Expression = header })],
            }
            : ((string, string)?)identifier;
    }

    private static Result<(string System, string Value)> ReadIdentifier(
        IReadOnlyList<KeyValuePair<string, string>> parameters
    ) =>
        ParameterReader.Read(ByIdentifier, parameters).IsRefused(out var refusal, out var asked) ? refusal
        : asked.Of("identifier").SingleOrDefault()?.Value
            is { System: { Length: > 0 } system, Text: { Length: > 0 } value }
            ? (system, value)
        : Refusal.Malformed(
            "Send identifier=system|value, the NHS number of a Patient or the plan id of an EpisodeOfCare or Flag.",
            "identifier",
            SpineCodes.MissingValue
        );
}
