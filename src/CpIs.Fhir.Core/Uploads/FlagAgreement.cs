using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The EpisodeOfCare is the one truth; a Flag that was sent along must say the same (422 with the place where it does
/// not). Entered-in-error on either is no disagreement: it withdraws both.
/// </summary>
internal static class FlagAgreement
{
    /// <param name="flag">What was sent.</param>
    /// <param name="plan">The plan that it stands for.</param>
    /// <param name="withEpisode">
    /// True when the EpisodeOfCare was sent with it. A Flag alone cannot bring a withdrawn plan back, and its sender must
    /// not believe that the child is flagged.
    /// </param>
    public static void Check(UploadEntry flag, PlanContent plan, bool withEpisode)
    {
        var said = flag.Plan!;
        if (
            said.Status != plan.Status
            && said.Status != PlanStatus.Withdrawn
            && (plan.Status != PlanStatus.Withdrawn || !withEpisode)
        )
            Disagree(
                flag,
                "status",
                $"a plan that is {PlanCodes.EpisodeStatus(plan.Status)} has a Flag that is {PlanCodes.FlagStatus(plan.Status)}"
            );
        if (said.Type != plan.Type)
            Disagree(flag, "code", "the code is that of EpisodeOfCare.type");
        if (said.Child != plan.Child)
            Disagree(flag, "subject", "the subject is the patient of the EpisodeOfCare");
        if (said.Start.Day != plan.Start.Day)
            Disagree(flag, "period.start", "the period is that of the EpisodeOfCare");
        if (said.End?.Day != plan.End?.Day)
            Disagree(
                flag,
                said.End is null ? "period" : "period.end",
                "the period, with its end, is that of the EpisodeOfCare"
            );
    }

    private static void Disagree(UploadEntry flag, string element, string rule) =>
        flag.Place.Break(element, "cpis-flag-agrees", $"The Flag does not agree with its EpisodeOfCare: {rule}.");
}
