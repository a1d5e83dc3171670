using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// A plan under a retired NHS number is shown to nobody, so it is not taken; what ends a plan or takes it back is. And a plan of an adopted child
/// keeps no plan id: by it the old number and the new one would be linked (promise 10).
/// </summary>
internal static class InactiveNumberRule
{
    public static void Judge(PlanTurn turn, UploadSnapshot held)
    {
        if (turn is not { Turn: Turn.Newest, Wanted.Status: PlanStatus.Active })
            return;
        var element = turn.Sent is null ? "subject" : "patient";
        if (held.InactiveReasonOf(turn.Wanted.Child) is not null)
            turn.Told.Place.Break(
                element,
                "cpis-plan-number-inactive",
                $"Plan {turn.PlanId}: this NHS number is no longer in use, and a plan under it is shown to nobody. Find the child's NHS number of today and send the plan under that number. If the child was adopted, send it under a new plan id."
            );
        else if (
            turn is { IsCorrection: true, Held.Child: { } before }
            && held.InactiveReasonOf(before) == InactiveNumber.Adoption
        )
            turn.Told.Place.Break(
                element,
                "cpis-plan-number-inactive",
                $"Plan {turn.PlanId} is held under an NHS number that is no longer in use, and cannot move to another. Send the child's plan under a new plan id."
            );
    }
}
