using CpIs.Fhir.Core.Plans;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Profile CPIS-EpisodeOfCare: a plan, the one truth. It says that a plan exists, since when and whose it is.</summary>
internal static class EpisodeOfCareRules
{
    private static readonly AllowedElements Allowed = new([
        "id",
        "meta.versionId",
        "meta.lastUpdated",
        "meta.profile",
        "meta.security.system",
        "meta.security.code",
        "identifier.system",
        "identifier.value",
        "status",
        "type.coding.system",
        "type.coding.code",
        "type.coding.display",
        "patient.reference",
        "patient.identifier.system",
        "patient.identifier.value",
        "managingOrganization.reference",
        "managingOrganization.identifier.system",
        "managingOrganization.identifier.value",
        "period.start",
        "period.end",
    ]);

    /// <summary>What the EpisodeOfCare says and the reference to its Patient, or null with the reasons told.</summary>
    public static (PlanContent Plan, string Patient)? Read(EpisodeOfCare episode, Place place, UploadContext context)
    {
        var before = place.Findings.Count;
        Allowed.Check(episode, place);
        SharedRules.Label(place, episode.Meta);
        SharedRules.Authority(place, "managingOrganization", episode.ManagingOrganization, context);
        var planId = SharedRules.PlanId(place, episode.Identifier, context);
        if (episode.Type.Count > 1)
            place.Break("type", "cpis-plan-type", "One plan has one type; a child with two statuses has two plans.");
        var type = SharedRules.TypeOf(place, "type[0]", episode.Type.FirstOrDefault());
        var child = SharedRules.Child(place, "patient", episode.Patient);
        if (planId is not null && child is { } known && planId == known.Number.Digits)
            place.Break(
                "identifier[0].value",
                "cpis-plan-id-not-nhs-number",
                "The plan id must not be the NHS number: plan ids appear in URLs and logs, NHS numbers never do."
            );
        var period = SharedRules.PeriodOf(place, episode.Period);
        var status = StatusOf(episode.Status, place);
        if (status is { } stands && period is { } dates && stands != PlanStatus.Withdrawn)
            CheckDates(stands, type, dates.Start, dates.End, place, context);
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
                child.Value.Reference
            )
            : null;
    }

    private static PlanStatus? StatusOf(EpisodeOfCare.EpisodeOfCareStatus? status, Place place)
    {
        switch (status)
        {
            case EpisodeOfCare.EpisodeOfCareStatus.Active:
                return PlanStatus.Active;
            case EpisodeOfCare.EpisodeOfCareStatus.Finished:
                return PlanStatus.Finished;
            case EpisodeOfCare.EpisodeOfCareStatus.EnteredInError:
                return PlanStatus.Withdrawn;
            default:
                place.Break(
                    "status",
                    "cpis-plan-status",
                    "A plan is active, finished or entered-in-error.",
                    SpineCodes.UnsupportedValue
                );
                return null;
        }
    }

    private static void CheckDates(
        PlanStatus status,
        PlanType? type,
        PlanDay start,
        PlanDay? end,
        Place place,
        UploadContext context
    )
    {
        var unborn = type is { EndIsDueDate: true };
        if (end is not null && end.Day < start.Day)
            place.Break("period", "cpis-period-order", "A plan ends on or after the day on which it starts.");
        if (end is null && unborn)
            place.Miss(
                "period.end",
                "cpis-plan-unborn-end",
                "An unborn child protection plan has an end: the due date while it is active, the day on which it ended when it is finished."
            );
        else if (end is null && status == PlanStatus.Finished)
            place.Miss("period.end", "cpis-plan-finished-end", "A finished plan has an end.");
        // An unborn plan may be finished before its due date, and stays active after it until the child is born.
        if (end is not null && !unborn && status == PlanStatus.Active && end.Day < context.Today)
            place.Break("period.end", "cpis-plan-active-end", "An active plan has no end in the past; finish it.");
        if (end is not null && status == PlanStatus.Finished && end.Day > context.Today)
            place.Break(
                "period.end",
                "cpis-plan-finished-future",
                unborn
                    ? "A finished unborn plan ends on the day on which it ended, not on the due date: period.end must not lie in the future."
                    : "A finished plan has no end in the future; until then it is active."
            );
        if (start.Day.DayNumber > context.Today.DayNumber + context.MaximumDaysAhead)
            place.Break(
                "period.start",
                "cpis-plan-start-ahead",
                $"A plan starts at most {context.MaximumDaysAhead} days ahead: until it starts nobody sees it, and a mistyped year would hide a child."
            );
    }
}
