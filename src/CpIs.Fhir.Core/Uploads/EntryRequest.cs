using System.Globalization;
using CpIs.Fhir.Core.Records;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What <c>Bundle.entry.request</c> asks for.</summary>
/// <param name="Type">The resource type.</param>
/// <param name="Target">How what is written is named.</param>
/// <param name="Id">Id in the URL, or null.</param>
/// <param name="Value">Identifier value of the condition, or null; its system has been checked.</param>
/// <param name="IfMatch">The version that must be current, or null.</param>
internal sealed record EntryRequest(RecordType Type, EntryTarget Target, string? Id, string? Value, int? IfMatch)
{
    /// <summary>Null, with the reasons told, when the entry asks for something that is not done here.</summary>
    public static EntryRequest? Read(Bundle.EntryComponent entry, Place at, UploadContext context)
    {
        if (entry.Request is not { Method: { } method } request)
        {
            Malformed(at, "request", "bdl-3", "An entry of a transaction has a request with method and url.");
            return null;
        }

        if (method is not (Bundle.HTTPVerb.PUT or Bundle.HTTPVerb.POST))
        {
            at.Add(
                RefusalKind.NotAllowed,
                "not-supported",
                "request.method",
                "cpis-entry-method",
                "An upload takes PUT and POST. A plan is withdrawn by sending it with status entered-in-error.",
                SpineCodes.UnsupportedService
            );
            return null;
        }

        if (entry.Resource is null)
        {
            Malformed(at, "resource", "bdl-5", "The entry has no resource.");
            return null;
        }

        if (EntryUrl.TypeOf(entry.Resource.TypeName) is not { } type)
        {
            at.Break(
                "resource",
                "cpis-upload-resource",
                "An upload holds Patient, EpisodeOfCare and Flag only.",
                SpineCodes.UnsupportedValue
            );
            return null;
        }

        var (read, match) = (
            method == Bundle.HTTPVerb.PUT
                ? Put(request, entry.Resource, type, at, context)
                : Post(request, type, at, context),
            IfMatchOf(request, method, at)
        );
        return read is null ? null : read with { IfMatch = match };
    }

    private static EntryRequest? Put(
        Bundle.RequestComponent request,
        Resource resource,
        RecordType type,
        Place at,
        UploadContext context
    )
    {
        if (request.IfNoneExist is not null)
            Malformed(at, "request.ifNoneExist", "cpis-entry-condition", "ifNoneExist belongs to POST.");
        if (EntryUrl.Parse(request.Url ?? "") is not { } url || url.Type != type)
        {
            Malformed(
                at,
                "request.url",
                "cpis-entry-url",
                $"The url of a PUT is {type}?identifier=system|value, or {type}/id."
            );
            return null;
        }

        if (url.Id is null)
            return SystemIsOwn(type, url.System!, "request.url", at, context)
                ? new EntryRequest(type, EntryTarget.ByIdentifier, null, url.Value, null)
                : null;
        if (resource.Id == url.Id)
            return new EntryRequest(type, EntryTarget.ById, url.Id, null, null);
        Malformed(at, "resource.id", "cpis-entry-id", "The resource of a PUT by id has that id.");
        return null;
    }

    private static EntryRequest? Post(Bundle.RequestComponent request, RecordType type, Place at, UploadContext context)
    {
        if (request.Url != type.ToString())
        {
            Malformed(at, "request.url", "cpis-entry-url", $"The url of this POST is {type}.");
            return null;
        }

        if (request.IfNoneExist is not { } condition)
            return new EntryRequest(type, EntryTarget.New, null, null, null);
        if (EntryUrl.Identifier(condition.TrimStart('?')) is not var (system, value))
        {
            Malformed(
                at,
                "request.ifNoneExist",
                "cpis-entry-condition",
                "ifNoneExist is identifier=system|value and nothing else."
            );
            return null;
        }

        return SystemIsOwn(type, system, "request.ifNoneExist", at, context)
            ? new EntryRequest(type, EntryTarget.NewUnlessThere, null, value, null)
            : null;
    }

    /// <summary>A condition finds within the caller's own records: a Patient by NHS number, a plan by the own plan id.</summary>
    private static bool SystemIsOwn(RecordType type, string system, string element, Place at, UploadContext context)
    {
        var expected = type == RecordType.Patient ? FhirSystems.NhsNumber : FhirSystems.PlanId(context.Authority);
        if (system == expected)
            return true;
        SharedRules.NameOther(
            at,
            element,
            system,
            FhirSystems.Own + "/Id/plan/",
            expected,
            "cpis-entry-condition-system"
        );
        return false;
    }

    private static int? IfMatchOf(Bundle.RequestComponent request, Bundle.HTTPVerb? method, Place at)
    {
        if (request.IfMatch is not { } text)
            return null;
        var digits = text.StartsWith("W/\"", StringComparison.Ordinal) && text.EndsWith('"') ? text[3..^1] : "";
        if (
            method == Bundle.HTTPVerb.PUT
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0
        )
            return version;
        Malformed(at, "request.ifMatch", "cpis-entry-if-match", "ifMatch belongs to PUT and is written W/\"version\".");
        return null;
    }

    private static void Malformed(Place at, string element, string rule, string diagnostics) =>
        at.Add(RefusalKind.Malformed, "invalid", element, rule, diagnostics);
}
