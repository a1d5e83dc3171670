using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// <c>$validate</c>: 200 with an OperationOutcome whatever the verdict; 4xx only where the request itself is wrong. Open to
/// testers, to authorities for what they write, and to operators.
/// </summary>
internal static class ValidateEndpoints
{
    public static void MapValidate(this IEndpointRouteBuilder fhir)
    {
        foreach (var (type, operation) in Validated())
        {
            fhir.MapMethods(
                    $"/{type}/$validate",
                    operation.OnType,
                    (HttpContext c, ValidationDesk d, IRecordStore s, UploadOptions o) =>
                        AnswerAsync(c, d, s, o, type, null)
                )
                .Admit(Askers(type));
            if (operation.OnInstance.Count > 0)
                fhir.MapMethods(
                        $"/{type}/{{id:fhirid}}/$validate",
                        operation.OnInstance,
                        (HttpContext c, ValidationDesk d, IRecordStore s, UploadOptions o, string id) =>
                            AnswerAsync(c, d, s, o, type, id)
                    )
                    .Admit(Askers(type));
        }
    }

    private static IEnumerable<(string Type, OperationCapability Operation)> Validated() =>
        CapabilityTable.Resources.SelectMany(resource =>
            resource
                .Operations.Where(operation => operation.Name == "validate")
                .Select(operation => (resource.Type, operation))
        );

    private static Guest[] Askers(string type) =>
        WriteCheck.RequiredProfile(type) is null
            ? [Guest.Tester("system/$validate"), Guest.Operator()]
            : [Guest.Tester("system/$validate"), Guest.Operator(), Guest.Authority()];

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        ValidationDesk desk,
        IRecordStore records,
        UploadOptions options,
        string type,
        string? id
    )
    {
        if (
            (await ValidateRequest.ReadBodyAsync(context, options.MaximumBytes)).IsRefused(
                out var refusal,
                out var body
            ) || (await desk.TakeAsync(context.RequestAborted)).IsRefused(out refusal, out var place)
        )
            return FhirResults.Refused(refusal);
        using var _ = place;
        if (
            ValidateRequest.Parse(context, type, body, options).IsRefused(out refusal, out var asked)
            || Profiles(desk, asked, type).IsRefused(out refusal, out var profiles)
        )
            return FhirResults.Refused(refusal);
        if (
            asked is { Mode: ValidationMode.Profile }
            && (id is null || asked.Profile is null || asked.Source is not null)
        )
            return FhirResults.Refused(
                Refusal.Malformed(
                    "mode=profile is only for a stored resource, without a body and with a profile.",
                    "mode"
                )
            );
        if (asked is { Mode: ValidationMode.Delete } && id is null)
            return FhirResults.Refused(Refusal.Malformed("mode=delete is only for a stored resource.", "mode"));
        var (source, caller) = (asked.Source, context.Caller());
        if (source is null || asked.Mode == ValidationMode.Delete)
        {
            if (id is null)
                return FhirResults.Refused(
                    Refusal.Malformed("The body has no resource.", "Parameters.parameter", SpineCodes.MissingValue)
                );
            if (await FindAsync(records, caller, type, id, context.RequestAborted) is not { } stored)
                return FhirResults.Refused(Refusal.Unknown($"This {type}"));
            if (asked.Mode == ValidationMode.Delete)
                return FhirResults.Resource(OutcomeWriter.ToBytes(IntendedUse.NeverDeleted(type)));
            source = FhirSource.ReadJson(stored.Body);
        }

        if (source.Root?.ResourceType is { } sent && sent != type)
            return FhirResults.Refused(
                Refusal.Malformed($"The resource must be a {type}, as the URL says.", "resourceType")
            );
        var result = desk.Conformance.Validator.Validate(source, profiles);
        if (source.Root is null)
            return FhirResults.Resource(OutcomeWriter.ToBytes(result), StatusCodes.Status400BadRequest);
        var more = await new IntendedUse(records).FindAsync(caller, asked.Mode, source, id, context.RequestAborted);
        return FhirResults.Resource(
            OutcomeWriter.ToBytes(
                result with
                {
                    Issues = [.. more, .. result.Issues],
                    Errors = result.Errors + more.Count,
                }
            )
        );
    }

    private static Result<IReadOnlyList<string>> Profiles(ValidationDesk desk, ValidateRequest asked, string type)
    {
        var profiles = new List<string>();
        if (asked.Mode is ValidationMode.Create or ValidationMode.Update && WriteCheck.RequiredProfile(type) is { } own)
            profiles.Add(own);
        if (asked.Profile is { } named)
        {
            if (desk.Conformance.Canonical(named) is not { } canonical)
                return Refusal.Because(
                    RefusalKind.Unknown,
                    new Issue(
                        "not-found",
                        "This profile is not available. Name one that /metadata lists, or run cpis validate --package.",
                        "profile",
                        SpineCodes.UnsupportedValue
                    )
                );
            if (!profiles.Contains(canonical))
                profiles.Add(canonical);
        }

        return profiles;
    }

    /// <summary>The stored resource, where it is the caller's to read; not yours is unknown.</summary>
    private static async Task<StoredResource?> FindAsync(
        IRecordStore records,
        Caller caller,
        string type,
        string id,
        CancellationToken cancellation
    ) =>
        caller.Kind == CallerKind.Authority
        && SmartScopes.Allow(caller, type, "r")
        && await records.ReadAsync(Enum.Parse<RecordType>(type), id, null, cancellation) is { } found
        && found.Authority == caller.Organisation
            ? found
            : null;
}
