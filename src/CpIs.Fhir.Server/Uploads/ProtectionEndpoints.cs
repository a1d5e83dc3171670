using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary><c>Patient/{id}/$protect</c> and <c>$unprotect</c>: an authority hides from others whose plans a child has, or ends that.</summary>
internal static class ProtectionEndpoints
{
    private const int MostBytes = 4 * 1_024;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static void MapProtection(this IEndpointRouteBuilder fhir)
    {
        var plain = fhir.MapGroup("").TakesOnlyAnswerParameters("protecting a child");
        Map("$protect", protects: true);
        Map("$unprotect", protects: false);

        void Map(string operation, bool protects) =>
            plain
                .MapPost(
                    $"/Patient/{{id:fhirid}}/{operation}",
                    (HttpContext context, ProtectedPlans plans, string id) => ChangeAsync(context, plans, id, protects)
                )
                .Admit(Guest.Authority("system/EpisodeOfCare.u"));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, ProtectedPlans plans, string id, bool protects)
    {
        context.Features.Set(new FailureAnswer(Refusal.UploadUnknown()));
        if (
            (await RequestBody.ReadResourceAsync(context, MostBytes)).IsRefused(out var refusal, out var body)
            || ReasonIn(body).IsRefused(out refusal, out var reason)
        )
            return FhirResults.Refused(refusal);
        var change = new ProtectionChange(
            context.Caller(),
            context.WriteOf(body),
            context.Identity().CorrelationId,
            id,
            protects,
            reason
        );
        return (await plans.ExecuteAsync(change, context.RequestAborted)).IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(answer.Body, answer.Status);
    }

    private static Result<string> ReasonIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (
                root.GetProperty("resourceType").GetString() == "Parameters"
                && root.GetProperty("parameter").EnumerateArray().ToList() is [var parameter]
                && parameter.GetProperty("name").GetString() == "reason"
                && parameter.GetProperty("valueString").GetString() is { } reason
                && PersonRules.IsName(reason)
            )
                return reason;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Told below.
        }

        return Refusal.Malformed(
            "Send Parameters with one parameter: reason, a valueString of 1 to 140 characters without control characters.",
            "Parameters.parameter",
            SpineCodes.MissingValue
        );
    }
}
