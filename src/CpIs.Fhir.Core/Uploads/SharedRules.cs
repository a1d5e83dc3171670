using CpIs.Fhir.Core.Plans;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Rules on datatypes that Patient, EpisodeOfCare and Flag share.</summary>
internal static class SharedRules
{
    private const string PlanSystems = FhirSystems.Own + "/Id/plan/";

    /// <summary>A plan may be sent back with the label that the server gave it, and with no other.</summary>
    public static void Label(Place place, Meta? meta)
    {
        if (meta is not null && !NotForPatient.IsAll(meta.Security))
            place.Break(
                "meta.security",
                "cpis-prohibited",
                $"Only the label {NotForPatient.Code} of {FhirSystems.ActCode} is allowed, once. Leave out any other label.",
                SpineCodes.UnsupportedValue
            );
    }

    /// <summary>The NHS number of an identifier, or null when it has none or a wrong one.</summary>
    public static NhsNumber? Number(Place place, string element, Identifier? identifier)
    {
        if (identifier?.Value is null)
            place.Miss(element, "cpis-nhs-number", "The NHS number is missing.");
        else if (identifier.System != FhirSystems.NhsNumber)
            place.Break($"{element}.system", "cpis-nhs-number", $"The system must be {FhirSystems.NhsNumber}.");
        else if (NhsNumber.TryParse(identifier.Value, out var number))
            return number;
        else
            place.Break(
                $"{element}.value",
                "cpis-nhs-number",
                "Not an NHS number: ten digits of which the last is the modulus-11 check digit."
            );
        return null;
    }

    /// <summary>The one plan id of an EpisodeOfCare or Flag, or null.</summary>
    public static string? PlanId(Place place, List<Identifier> identifiers, UploadContext context)
    {
        if (identifiers.Count != 1)
        {
            place.Miss("identifier", "cpis-plan-id", "Exactly one identifier is expected: the authority's plan id.");
            return null;
        }

        var identifier = identifiers[0];
        var expected = FhirSystems.PlanId(context.Authority);
        if (identifier.System != expected)
            NameOther(place, "identifier[0].system", identifier.System, PlanSystems, expected, "cpis-plan-system");
        else if (identifier.Value is null)
            place.Miss("identifier[0].value", "cpis-plan-id", "The plan id is missing.");
        else if (!IsOwnId(identifier.Value))
            place.Break("identifier[0].value", "cpis-own-id", OwnIdRule);
        else
            return identifier.Value;
        return null;
    }

    /// <summary>What an authority's own id may look like, in words.</summary>
    public const string OwnIdRule =
        "An authority's own id is 1 to 64 letters, digits, dots, colons, slashes, hyphens or underscores: it has to survive a URL.";

    /// <summary>True for an id that survives a URL.</summary>
    public static bool IsOwnId(string value)
    {
        if (value.Length is 0 or > 64)
            return false;
        foreach (var c in value)
            if (!char.IsAsciiLetterOrDigit(c) && !"._:/-".Contains(c, StringComparison.Ordinal))
                return false;
        return true;
    }

    /// <summary>An identifier system that is not the caller's: another authority's is 403, any other 422.</summary>
    public static void NameOther(
        Place place,
        string element,
        string? system,
        string family,
        string expected,
        string rule
    )
    {
        if (
            system is not null
            && system.StartsWith(family, StringComparison.Ordinal)
            && OdsCode.TryParse(system[family.Length..], out _)
        )
            place.Forbid(element, rule, "This names another authority; an authority writes only its own records.");
        else
            place.Break(element, rule, $"The system must be {expected}.");
    }

    /// <summary>A reference to the authority: it must be the caller. Another one is 403.</summary>
    public static void Authority(Place place, string element, ResourceReference? reference, UploadContext context)
    {
        if (reference is null)
        {
            place.Miss(element, "cpis-authority", "The authority is missing: its ODS code as identifier.");
            return;
        }

        if (reference.Identifier is not { Value: not null } identifier)
            place.Miss($"{element}.identifier", "cpis-authority", "The ODS code of the authority is missing.");
        else if (identifier.System != FhirSystems.OdsOrganisation)
            place.Break(
                $"{element}.identifier.system",
                "cpis-authority",
                $"The system must be {FhirSystems.OdsOrganisation}."
            );
        else if (!OdsCode.TryParse(identifier.Value, out var code))
            place.Break(
                $"{element}.identifier.value",
                "cpis-ods-code",
                "An ODS code is 3 to 12 capital letters and digits."
            );
        else if (code != context.Authority)
            place.Forbid(
                $"{element}.identifier.value",
                "cpis-authority",
                "This names another authority; an authority writes only its own records."
            );
        if (reference.Reference is { } own && own != $"Organization/{context.OrganizationId}")
            place.Forbid(
                $"{element}.reference",
                "cpis-authority",
                "This refers to an Organization that is not the caller's; leave it out, the server adds it."
            );
    }

    /// <summary>The child that a plan is about: number and reference. Null when either is missing or wrong.</summary>
    public static (NhsNumber Number, string Reference)? Child(Place place, string element, ResourceReference? child)
    {
        if (child is null)
        {
            place.Miss(element, "cpis-child", "The child is missing: a reference to the Patient and its NHS number.");
            return null;
        }

        if (child.Reference is null)
            place.Miss($"{element}.reference", "cpis-child", "The reference to the Patient is missing.");
        return
            Number(place, $"{element}.identifier", child.Identifier) is { } number && child.Reference is { } reference
            ? (number, reference)
            : null;
    }

    /// <summary>The plan type of a concept with one SNOMED CT code of three, or null.</summary>
    public static PlanType? TypeOf(Place place, string element, CodeableConcept? concept)
    {
        if (concept?.Coding is not [{ } coding])
        {
            place.Miss(
                concept is null ? element : $"{element}.coding",
                "cpis-plan-type",
                $"Exactly one code is expected. {PlanTypeRule}"
            );
            return null;
        }

        var type = PlanTypes.FromCode(coding.Code);
        if (coding.System != FhirSystems.Snomed)
            place.Break($"{element}.coding[0].system", "cpis-plan-type", PlanTypeRule, SpineCodes.UnsupportedValue);
        else if (type is null)
            place.Break($"{element}.coding[0].code", "cpis-plan-type", PlanTypeRule, SpineCodes.UnsupportedValue);
        else if (coding.Display is { } display && display != type.Display)
            place.Break(
                $"{element}.coding[0].display",
                "cpis-plan-type-display",
                $"The display of this code is '{type.Display}'; it is no place for other text."
            );
        else
            return type;
        return null;
    }

    private static readonly string PlanTypeRule =
        $"A plan type is one of these codes of {FhirSystems.Snomed}: "
        + string.Join(", ", PlanTypes.All.Select(t => $"{t.Code} ({t.Display})"))
        + ".";

    /// <summary>Start and end of a plan; null when the start is missing or a date names no day.</summary>
    public static (PlanDay Start, PlanDay? End)? PeriodOf(Place place, Period? period)
    {
        if (period?.Start is null)
        {
            place.Miss(
                period is null ? "period" : "period.start",
                "cpis-period-start",
                "The start is missing: it decides from when the plan is seen."
            );
            return null;
        }

        var (start, end) = (Day(place, "period.start", period.Start), Day(place, "period.end", period.End));
        if (start is null || (period.End is not null && end is null))
            return null;
        return (start, end);
    }

    private static PlanDay? Day(Place place, string element, string? text)
    {
        if (text is null)
            return null;
        var day = PlanDay.Parse(text);
        if (day is null)
            place.Break(
                element,
                "cpis-period-day",
                "A day between 1900 and 2199 is expected: a month or a year cannot decide who sees a plan on which day."
            );
        return day;
    }
}
