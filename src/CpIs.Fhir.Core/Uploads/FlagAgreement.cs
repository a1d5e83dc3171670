using System.Globalization;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The EpisodeOfCare is the one truth; a Flag that was sent along must say the same, whether the EpisodeOfCare comes in the same Bundle or
/// is held already. Days are London days.
/// </summary>
internal static class FlagAgreement
{
    /// <summary>Where in the Flag they differ, and the sentence that says so.</summary>
    /// <param name="flag">What the Flag says.</param>
    /// <param name="plan">What its EpisodeOfCare says.</param>
    /// <param name="together">
    /// True when both were sent together: then entered-in-error on either withdraws both. A Flag alone cannot bring a withdrawn plan back,
    /// and its sender must not believe that the child is flagged.
    /// </param>
    public static IEnumerable<(string Element, string Text)> Differences(PlanSaid flag, PlanSaid plan, bool together)
    {
        if (
            (flag.Status, plan.Status) is ({ } said, { } stands)
            && said != stands
            && said != PlanStatus.Withdrawn
            && (stands != PlanStatus.Withdrawn || !together)
        )
            yield return (
                "status",
                $"Flag.status must be {PlanCodes.FlagStatus(stands)}, because EpisodeOfCare.status is {PlanCodes.EpisodeStatus(stands)}. Sent: {PlanCodes.FlagStatus(said)}. Or leave the Flag out."
            );
        if ((flag.Kind, plan.Kind) is ({ } kind, { } type) && kind != type)
            yield return ("code", Equal("code", "type", Shown.Value(kind), Shown.Value(type)));
        if ((flag.Child, plan.Child) is ({ } number, { } child) && number != child)
            yield return (
                "subject",
                "Flag.subject must have the NHS number of EpisodeOfCare.patient. Check which of the two is right."
            );
        if ((flag.Authority, plan.Authority) is ({ } author, { } holder) && author != holder)
            yield return ("author", Equal("author", "managingOrganization", Shown.Value(author), Shown.Value(holder)));
        if ((flag.Start, plan.Start) is ({ } start, { } first) && start != first)
            yield return ("period.start", Equal("period.start", "period.start", Day(start), Day(first)));
        // Without a start the period itself is missing or wrong, and told.
        var isReadable =
            !flag.EndIsUnreadable && !plan.EndIsUnreadable && (flag.Start, plan.Start) is (not null, not null);
        if (isReadable && flag.End != plan.End)
            yield return ("period.end", Equal("period.end", "period.end", Day(flag.End), Day(plan.End)));
    }

    /// <summary>Tells, where the Flag's entry tells, what does not agree with a plan that is held.</summary>
    public static void CheckHeld(UploadEntry flag, PlanContent plan)
    {
        foreach (var (element, text) in Differences(PlanSaid.By(flag.Plan!), PlanSaid.By(plan), together: false))
            flag.Place.Break(element, UploadAgreement.FlagAgrees, text);
    }

    private static string Day(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture) ?? "none";

    private static string Equal(string flag, string episode, string sent, string expected) =>
        $"Flag.{flag} must equal EpisodeOfCare.{episode}. Sent: {sent}. Expected: {expected}. Or leave the Flag out.";
}
