using CpIs.Fhir.Core.Plans;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Profile CPIS-Flag, sent along by an authority that holds flags itself. It must agree with its EpisodeOfCare, from which
/// the stored Flag is derived.
/// </summary>
internal static class FlagRules
{
    private static readonly AllowedElements Allowed = new([
        "id",
        "meta.versionId",
        "meta.lastUpdated",
        "meta.profile",
        "meta.security.system",
        "meta.security.code",
        "extension.url",
        "extension.value.reference",
        "identifier.system",
        "identifier.value",
        "status",
        "category.coding.system",
        "category.coding.code",
        "category.coding.display",
        "code.coding.system",
        "code.coding.code",
        "code.coding.display",
        "subject.reference",
        "subject.identifier.system",
        "subject.identifier.value",
        "period.start",
        "period.end",
        "author.reference",
        "author.identifier.system",
        "author.identifier.value",
    ]);

    /// <summary>What the Flag says, the references to its Patient and its EpisodeOfCare, or null with the reasons told.</summary>
    public static (PlanContent Plan, string Patient, string Episode)? Read(
        Flag flag,
        Place place,
        UploadContext context
    )
    {
        var before = place.Findings.Count;
        Allowed.Check(flag, place);
        SharedRules.Label(place, flag.Meta);
        SharedRules.Authority(place, "author", flag.Author, context);
        var planId = SharedRules.PlanId(place, flag.Identifier, context);
        var type = SharedRules.TypeOf(place, "code", flag.Code);
        var child = SharedRules.Child(place, "subject", flag.Subject);
        var period = SharedRules.PeriodOf(place, flag.Period);
        CheckCategory(flag.Category, place);
        var episode = Detail(flag.Extension, place);
        var status = flag.Status switch
        {
            Flag.FlagStatus.Active => PlanStatus.Active,
            Flag.FlagStatus.Inactive => PlanStatus.Finished,
            Flag.FlagStatus.EnteredInError => PlanStatus.Withdrawn,
            _ => (PlanStatus?)null,
        };
        // Never taken for a withdrawal, which would hide the child.
        if (status is null)
            place.Break("status", "cpis-plan-status", "A Flag is active, inactive or entered-in-error.");
        return place.Findings.Count == before
            ? (
                new PlanContent(
                    planId!,
                    type!,
                    status!.Value,
                    child!.Value.Number,
                    period!.Value.Start,
                    period.Value.End
                ),
                child.Value.Reference,
                episode!
            )
            : null;
    }

    private static void CheckCategory(List<CodeableConcept> categories, Place place)
    {
        if (categories is not [{ Coding: [{ System: FhirSystems.FlagCategory, Code: "safety" } coding] }])
            place.Break(
                "category",
                "cpis-flag-category",
                $"Exactly one category is expected: safety of {FhirSystems.FlagCategory}."
            );
        else if (coding.Display is not (null or "Safety"))
            place.Break(
                "category[0].coding[0].display",
                "cpis-flag-category",
                "The display of this code is 'Safety'; it is no place for other text."
            );
    }

    private static string? Detail(List<Extension> extensions, Place place)
    {
        string? detail = null;
        for (var i = 0; i < extensions.Count; i++)
            if (extensions[i].Url != FhirSystems.FlagDetail || extensions.Count > 1)
                place.Break(
                    $"extension[{i}]",
                    "cpis-flag-detail",
                    $"One extension is taken here, once: {FhirSystems.FlagDetail}.",
                    SpineCodes.UnsupportedValue
                );
            else if (extensions[i].Value is ResourceReference { Reference: { } reference })
                detail = reference;
            else
                place.Break(
                    $"extension[{i}].value",
                    "cpis-flag-detail",
                    "The extension refers to the EpisodeOfCare of the same plan."
                );
        if (extensions.Count == 0)
            place.Miss(
                "extension",
                "cpis-flag-detail",
                $"The extension {FhirSystems.FlagDetail} is missing: it refers to the EpisodeOfCare of the same plan."
            );
        return detail;
    }
}
