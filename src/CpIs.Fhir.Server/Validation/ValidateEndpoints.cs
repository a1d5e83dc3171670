using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// <c>$validate</c>: 200 with an OperationOutcome whatever the verdict; 4xx only where the request itself is wrong. Open to
/// testers, to authorities for what they write, and to operators.
/// </summary>
internal static class ValidateEndpoints
{
    private const string TesterScope = "system/$validate";

    public static void MapValidate(this IEndpointRouteBuilder fhir)
    {
        foreach (var resource in CapabilityTable.Resources.Where(r => r.Operations.Any(o => o.Name == "validate")))
        {
            var type = resource.Type;
            Guard(
                fhir.MapPost($"/{type}/$validate", (HttpContext c, ValidationDesk d) => AnswerAsync(c, d, type, null)),
                type
            );
            if (resource.IsVersioned)
                Guard(
                    fhir.MapMethods(
                        $"/{type}/{{id:fhirid}}/$validate",
                        [HttpMethods.Get, HttpMethods.Post],
                        (HttpContext c, ValidationDesk d, string id) => AnswerAsync(c, d, type, id)
                    ),
                    type
                );
        }
    }

    private static void Guard(RouteHandlerBuilder endpoint, string type) =>
        endpoint
            .AddEndpointFilter(
                (context, next) =>
                    MayCall(context.HttpContext.Caller(), type)
                        ? next(context)
                        : new ValueTask<object?>(
                            FhirResults.Refused(
                                Refusal.Forbidden(
                                    $"$validate is open to testers (scope {TesterScope}), to local authorities for what they write, and to operators."
                                )
                            )
                        )
            )
            .AddEndpointFilter(RequestChecks.Filter)
            .LimitRequests();

    private static bool MayCall(Caller caller, string type) =>
        caller.Kind switch
        {
            CallerKind.Tester => caller.Scopes.Contains(TesterScope),
            CallerKind.Authority => IntendedUse.RequiredProfile(type) is not null,
            CallerKind.Operator => true,
            _ => false,
        };

    private static async Task<IResult> AnswerAsync(HttpContext context, ValidationDesk desk, string type, string? id)
    {
        var services = context.RequestServices;
        var limit = services.GetRequiredService<UploadOptions>().MaximumBytes;
        if ((await ValidateRequest.ReadAsync(context, type, limit)).IsRefused(out var refusal, out var asked))
            return FhirResults.Refused(refusal);
        if (Profiles(desk, asked, type).IsRefused(out refusal, out var profiles))
            return FhirResults.Refused(refusal);
        if (
            asked is { Mode: ValidationMode.Profile }
            && (id is null || asked.Profile is null || asked.Source is not null)
        )
            return FhirResults.Refused(
                Refusal.Malformed("mode=profile is for a stored resource, without a body, and names a profile.", "mode")
            );
        if (asked is { Mode: ValidationMode.Delete } && id is null)
            return FhirResults.Refused(Refusal.Malformed("mode=delete is for a stored resource.", "mode"));
        var (source, caller) = (asked.Source, context.Caller());
        if (source is null || asked.Mode == ValidationMode.Delete)
        {
            if (id is null)
                return FhirResults.Refused(
                    Refusal.Malformed(
                        "There is no resource in the body.",
                        "Parameters.parameter",
                        SpineCodes.MissingValue
                    )
                );
            if (await FindAsync(services, caller, type, id, context.RequestAborted) is not { } stored)
                return FhirResults.Refused(Refusal.Unknown($"This {type}"));
            if (asked.Mode == ValidationMode.Delete)
                return FhirResults.Resource(OutcomeWriter.ToBytes(IntendedUse.NeverDeleted(type)));
            source = FhirSource.ReadJson(stored.Body);
        }

        if (source.Root?.ResourceType is { } sent && sent != type)
            return FhirResults.Refused(
                Refusal.Malformed($"The address says {type}, the resource is of another type.", "resourceType")
            );
        if ((await desk.ValidateAsync(source, profiles, context.RequestAborted)).IsRefused(out refusal, out var result))
            return FhirResults.Refused(refusal);
        if (source.Root is null)
            return FhirResults.Resource(OutcomeWriter.ToBytes(result), StatusCodes.Status400BadRequest);
        var more = await new IntendedUse(services.GetRequiredService<IRecordStore>()).FindAsync(
            caller,
            asked.Mode,
            source,
            id,
            context.RequestAborted
        );
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
        if (
            asked.Mode is ValidationMode.Create or ValidationMode.Update
            && IntendedUse.RequiredProfile(type) is { } own
        )
            profiles.Add(own);
        if (asked.Profile is { } named)
        {
            if (desk.Conformance.Canonical(named) is not { } canonical)
                return Refusal.Because(
                    RefusalKind.Unknown,
                    new Issue(
                        "not-found",
                        "The profile is not at hand here. Name one that /metadata lists, or validate with cpis validate --package.",
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
        IServiceProvider services,
        Caller caller,
        string type,
        string id,
        CancellationToken cancellation
    )
    {
        if (caller.Kind is not (CallerKind.Authority or CallerKind.Operator) || !SmartScopes.Allow(caller, type, "r"))
            return null;
        var found = await services
            .GetRequiredService<IRecordStore>()
            .ReadAsync(Enum.Parse<RecordType>(type), id, null, cancellation);
        return found is not null && (caller.Kind == CallerKind.Operator || found.Authority == caller.Organisation)
            ? found
            : null;
    }
}
