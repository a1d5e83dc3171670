using System.Globalization;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What can only be judged when the whole upload and what is held are known: whether the dates can be true
/// (<see cref="PlausibleDates"/>), and whether a child is told twice. Tells what is refused, and warns of what is unlikely.
/// </summary>
internal sealed class UploadJudgement(
    DateOnly today,
    UploadSnapshot held,
    IReadOnlyList<PatientTurn> patients,
    IReadOnlyList<PlanTurn> plans,
    bool isWhole
)
{
    private const int MostNamed = 5;

    private readonly Dictionary<string, PatientTurn> _patients = patients.ToDictionary(
        p => p.Content.Number.Digits,
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, PlanTurn> _plans = plans.ToDictionary(p => p.PlanId, StringComparer.Ordinal);
    private readonly ILookup<NhsNumber, PlanTurn> _plansByChild = plans.ToLookup(p => p.Wanted.Child);
    private readonly ILookup<NhsNumber, PlanTurn> _openByChild = plans.Where(p => p.IsOpen).ToLookup(p => p.Child);
    private readonly ILookup<string?, PatientTurn> _byLocalId = patients
        .Where(p => p.Writes)
        .ToLookup(p => p.Content.LocalId, StringComparer.Ordinal);

    public void Judge()
    {
        foreach (var plan in plans)
        {
            InactiveNumberRule.Judge(plan, held);
            if (plan is { Sent: { } sent, Turn: not Turn.Superseded, IsRepeat: false })
                Tell(plan, sent.OfToday);
            if (plan.Turn == Turn.Newest && plan.Wanted.Status == PlanStatus.Active)
            {
                JudgeDates(plan);
                WarnOfSecond(plan);
            }
        }

        foreach (var patient in patients)
        {
            // An entry that could not be understood may be the plan.
            if (isWhole)
                JudgeNeed(patient);
            JudgeBirthDate(patient);
            WarnOfSharedLocalId(patient);
        }
    }

    private void JudgeDates(PlanTurn turn)
    {
        if (BirthDateOf(turn.Wanted.Child) is not { } born)
            return; // The reference to the Patient has been told.
        Tell(turn, PlausibleDates.Judge(turn.PlanId, PlanOf(turn), born, turn.Move, today));
    }

    private static void Tell(PlanTurn turn, IEnumerable<DateProblem> problems)
    {
        foreach (var problem in problems)
        {
            // A Flag that came alone has the same elements but for the child.
            var element = turn.Sent is null && problem.Element == "patient" ? "subject" : problem.Element;
            if (problem.Refuses)
                turn.Told.Place.Break(element, problem.Rule, problem.Text);
            else
                turn.Told.Place.Warn(element, problem.Rule, problem.Text);
        }
    }

    private static Plan PlanOf(PlanTurn turn) =>
        new("", turn.Wanted.Type, turn.Wanted.Status, turn.Wanted.Start.Day, turn.Wanted.End?.Day);

    private DateOnly? BirthDateOf(NhsNumber child) =>
        _patients.TryGetValue(child.Digits, out var sent)
            ? sent.BirthDate
            : held.Find(RecordType.Patient, child.Digits)?.BirthDate;

    /// <summary>Twins may have two unborn plans; any other second open plan of one type is one child told twice.</summary>
    private void WarnOfSecond(PlanTurn turn)
    {
        var (child, type) = (turn.Wanted.Child, turn.Wanted.Type);
        if (type.EndIsDueDate)
            return;
        var others = held.PlansOf(child)
            .Where(p => p.Episode.Plan!.Type == type && p.PlanId is not null && !_plans.ContainsKey(p.PlanId))
            .Where(p => p.Episode.Plan!.Status == PlanStatus.Active)
            .Select(p => p.PlanId!)
            .Concat(_openByChild[child].Where(p => p.Wanted.Type == type).Select(p => p.PlanId))
            .Where(id => id != turn.PlanId)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0)
            turn.Told.Place.Warn(
                turn.Sent is null ? "code" : "type",
                "cpis-plan-second",
                $"Plan {turn.PlanId}: the child has another open plan of this type ({string.Join(", ", others.Take(MostNamed))}). End the one that is over, or send entered-in-error for the one that was a mistake."
            );
    }

    /// <summary>Data minimisation: a person is held for a plan, and for nothing else.</summary>
    private void JudgeNeed(PatientTurn patient)
    {
        var child = patient.Content.Number;
        var isReferredTo =
            _plansByChild.Contains(child)
            || held.PlansOf(child).Any(plan => !plan.Episode.IsDeleted)
            // A plan that leads here with another number has been told.
            || plans.Any(plan => plan.Sent is { } sent && sent.PatientUrl is { } url && url == patient.Sent.FullUrl);
        if (!isReferredTo)
            patient.Sent.Place.Break(
                "",
                "cpis-patient-without-plan",
                "No plan of yours refers to this Patient, neither sent with it nor among your records. Send the plan with the Patient, or leave the Patient out."
            );
    }

    /// <summary>A correction is taken, unless it alone hides an open plan: that may be a mistyped year.</summary>
    private void JudgeBirthDate(PatientTurn patient)
    {
        if (patient is not { Writes: true, Held.BirthDate: { } before })
            return;
        WarnOfPlansBeforeBirth(patient, before);
        var open = held.PlansOf(patient.Content.Number)
            .Where(p =>
                p.Episode.Plan is { Status: PlanStatus.Active, Type: var type }
                && PlausibleDates.HidesByAge(type, before, patient.Content.BirthDate, today)
            )
            .Where(p => p.PlanId is null || !_plans.TryGetValue(p.PlanId, out var turn) || turn.IsOpen)
            .OrderBy(p => p.PlanId, StringComparer.Ordinal)
            .ToList();
        if (open.Count > 0)
            patient.Sent.Place.Break(
                "birthDate",
                "cpis-birth-date-hides-plan",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The new date of birth makes the person {open[0].Episode.Plan!.Type.HiddenFromAge} or older and would hide the open plan {string.Join(", ", open.Take(MostNamed).Select(p => p.PlanId))}. Held: {before:yyyy-MM-dd}. Sent: {patient.Content.BirthDate:yyyy-MM-dd}. If the new date is right, end the plan in the same Bundle."
                )
            );
    }

    /// <summary>Of plans that are sent along the dates are judged with them.</summary>
    private void WarnOfPlansBeforeBirth(PatientTurn patient, DateOnly before)
    {
        var early = held.PlansOf(patient.Content.Number)
            .Where(p => p.PlanId is not null && !_plans.ContainsKey(p.PlanId))
            .Where(p =>
                p.Episode.Plan is { Status: PlanStatus.Active, Type.EndIsDueDate: false, Start: var start }
                && start >= before
                && start < patient.Content.BirthDate
            )
            .Select(p => p.PlanId!)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (early.Count > 0)
            patient.Sent.Place.Warn(
                "birthDate",
                "cpis-plan-before-birth",
                $"The new date of birth is after the start of the open plan {string.Join(", ", early.Take(MostNamed))}. Settings see a plan from birth. Check the date of birth and the plan's start."
            );
    }

    private void WarnOfSharedLocalId(PatientTurn patient)
    {
        if (!patient.Writes || patient.Content.LocalId is not { } localId)
            return;
        var child = patient.Content.Number;
        var shared =
            _byLocalId[localId].Any(p => p.Content.Number != child)
            || held.WithLocalId(localId)
                .Select(p => p.Child!.Value)
                .Any(other =>
                    other != child
                    && !(_patients.TryGetValue(other.Digits, out var sent) && sent.Writes)
                    && !_plansByChild[child].Any(plan => plan.IsCorrection && plan.Held!.Child == other)
                );
        if (shared)
            patient.Sent.Place.Warn(
                "identifier",
                "cpis-patient-local-id-shared",
                $"Local person id {localId}: you hold two Patients with this id under two NHS numbers. Check whether they are one child."
            );
    }
}
