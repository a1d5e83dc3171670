using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Brings the entries of an upload together with what the store holds, in the order of every journey of an upload: who is who
/// and whose turn it is (<see cref="Turns"/>), what can be true (<see cref="UploadJudgement"/>), and which versions follow
/// (<see cref="RecordVersions"/>). Pure: it reads a snapshot and makes changes, and writes nothing.
/// </summary>
internal sealed class UploadResolution(
    UploadContext context,
    UploadTime time,
    UploadSnapshot held,
    Func<string> newId,
    DateTimeOffset now,
    ResourceWriter writer
)
{
    private readonly Findings _findings = new();
    private UploadTime _time = time;
    private readonly UploadReferences _references = new(context, held);

    /// <summary>What the upload makes of the store, or everything that stands against it.</summary>
    /// <param name="sent">The entries that could be understood.</param>
    /// <param name="isWhole">False when there are others: then nothing may be said of what is missing.</param>
    public Result<ResolvedUpload> Resolve(IEnumerable<UploadEntry> sent, bool isWhole = true)
    {
        var entries = sent.Select(entry => entry.Telling(_findings)).ToList();
        // A form without time is about what is held at this moment, as one resource at its own address is.
        if (context.IsSingle || _time is { IsSent: false, Stamp.Form: not null })
            entries.ForEach(CountAsNewer);
        var patients = entries.Where(e => e.Type == RecordType.Patient).Select(PatientOf).ToList();
        foreach (var patient in patients)
            _references.Add(patient);
        var plans = PlansOf(entries);
        patients =
        [
            .. patients.Select(patient => IsLate(patient, plans) ? patient with { Turn = Turn.Superseded } : patient),
        ];
        new UploadJudgement(context.Today, held, patients, plans, isWhole).Judge();
        if (_findings.ToRefusal() is { } refusal)
            return refusal;
        var versions = new RecordVersions(context, _time.Stamp, held, _references, newId, now, writer);
        foreach (var patient in patients)
            versions.Add(patient);
        foreach (var plan in plans)
            versions.Add(plan);
        return versions.With(_findings);
    }

    private void CountAsNewer(UploadEntry entry)
    {
        var type = entry.Type == RecordType.Patient ? RecordType.Patient : RecordType.EpisodeOfCare;
        if (held.Find(type, entry.Key) is { } there)
            _time = _time with { Stamp = Turns.After(there, _time.Stamp) };
    }

    private PatientTurn PatientOf(UploadEntry entry)
    {
        var existing = held.Find(RecordType.Patient, entry.Key);
        EntryPrecondition.Check(entry, existing, context.MustBeNew);
        return new PatientTurn(entry, existing, existing?.Id ?? newId(), Turns.Of(existing, _time));
    }

    /// <summary>
    /// True where a newer upload gave the plans of a Patient that is not held to another one: it would be held for nothing
    /// (data minimisation).
    /// </summary>
    private bool IsLate(PatientTurn patient, List<PlanTurn> plans)
    {
        var child = patient.Content.Number;
        return patient.Held is null
            && plans.Any(plan => plan.Turn == Turn.Superseded && plan.Wanted.Child == child)
            && !plans.Any(plan => plan.Child == child)
            && !held.PlansOf(child).Any();
    }

    /// <summary>Plans in the order of their EpisodesOfCare, then those of which a Flag came alone.</summary>
    private List<PlanTurn> PlansOf(List<UploadEntry> entries)
    {
        var flags = entries.Where(e => e.Type == RecordType.Flag).ToDictionary(e => e.Key, StringComparer.Ordinal);
        var plans = new Dictionary<string, PlanTurn?>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (entry.Type == RecordType.EpisodeOfCare && !plans.ContainsKey(entry.Key))
                plans.Add(entry.Key, PlanOf(entry.Key, entry, flags.GetValueOrDefault(entry.Key)));
        foreach (var (key, flag) in flags)
            if (!plans.ContainsKey(key))
                plans.Add(key, PlanOf(key, null, flag));
        return [.. plans.Values.OfType<PlanTurn>()];
    }

    private PlanTurn? PlanOf(string planId, UploadEntry? sent, UploadEntry? sentFlag)
    {
        var existing = held.Find(RecordType.EpisodeOfCare, planId);
        var existingFlag = held.Find(RecordType.Flag, planId);
        if (sent is not null)
            EntryPrecondition.Check(sent, existing, context.MustBeNew);
        if (sentFlag is not null)
            EntryPrecondition.Check(sentFlag, existingFlag, context.MustBeNew);
        if (sent is null && existing is null)
        {
            sentFlag!.Place.Break(
                "identifier[0].value",
                "cpis-flag-without-episode",
                $"Plan {planId} has no EpisodeOfCare, neither sent with it nor among your records. Send the EpisodeOfCare; the server makes its Flag."
            );
            return null;
        }

        // A Flag alone leaves the plan as it is.
        var plan = sent is null ? UploadSnapshot.ReadPlan(existing!) : sent.Plan!;
        // The mark is set by either, whenever it came, and no upload removes it.
        var isMarked = existing is { Plan.IsProtected: true };
        if (!isMarked && !context.TakesProtectedMarks)
            foreach (var entry in new[] { sent, sentFlag }.Where(entry => entry is { Plan.IsProtected: true }))
                entry!.Place.Break("meta.security", ProtectedPlans.NeedsPhone, ProtectedPlans.NoPhone);
        plan = plan with { IsProtected = isMarked || plan.IsProtected || sentFlag is { Plan.IsProtected: true } };
        var withdraws = sentFlag?.Plan!.Status == PlanStatus.Withdrawn;
        var turn = new PlanTurn
        {
            PlanId = planId,
            Sent = sent,
            SentFlag = sentFlag,
            Held = existing,
            HeldFlag = existingFlag,
            Wanted = withdraws ? plan with { Status = PlanStatus.Withdrawn } : plan,
            Turn = Turns.Of(existing, withdraws ? PlanStatus.Withdrawn : plan.Status, _time),
            Stamp = _time.Stamp,
        };
        CheckForm(turn, plan);
        return CheckTurn(turn);
    }

    /// <summary>What is wrong whether or not a newer upload was here. (Entries that do not agree with each other are told by the profile.)</summary>
    private void CheckForm(PlanTurn turn, PlanContent plan)
    {
        if (turn.Sent is { } sent)
            _references.CheckPatient(sent, "patient");
        if (turn.SentFlag is not { } flag)
            return;
        // Of an EpisodeOfCare and a Flag that name two children, one is wrong, and is told alone.
        if (turn.Sent is null || turn.Sent.Plan!.Child == flag.Plan!.Child)
            _references.CheckPatient(flag, "subject");
        _references.CheckEpisode(flag, turn.Held);
        if (turn.Sent is null && turn.Turn != Turn.Superseded)
            FlagAgreement.CheckHeld(flag, plan);
    }

    private PlanTurn CheckTurn(PlanTurn turn)
    {
        var place = turn.Told.Place;
        switch (turn.Turn)
        {
            case Turn.UponWithdrawn when turn.Sent is not null:
                place.Add(
                    RefusalKind.Conflict,
                    "conflict",
                    "status",
                    "cpis-plan-withdrawn",
                    $"Plan {turn.PlanId} was withdrawn (entered-in-error), and its plan id cannot be used again. If the child has a plan after all, send it under a new plan id.",
                    SpineCodes.InvalidUpdate
                );
                break;
            case Turn.NeedsVersion when turn.Sent is { IfMatch: null } sent:
                sent.Request.Add(
                    RefusalKind.PreconditionFailed,
                    "conflict",
                    "ifMatch",
                    "cpis-plan-reopened-without-time",
                    context.IsSingle
                        ? $"Plan {turn.PlanId} is finished. To make it active again send If-Match with the version that you read."
                        : $"Plan {turn.PlanId} is finished. An upload without Bundle.timestamp makes it active again only with request.ifMatch, the version that you read. Or send Bundle.timestamp: the time at which the data was taken from your register.",
                    SpineCodes.PreconditionFailed
                );
                break;
            case Turn.NeedsVersion:
                turn = turn with { Turn = Turn.Newest };
                break;
        }

        if (turn.Turn != Turn.Newest || turn.Held is not { Plan: { } before })
            return turn;
        if (before.Type != turn.Wanted.Type)
            place.Break(
                "type",
                "cpis-plan-type-immutable",
                $"Plan {turn.PlanId} is held with the type {before.Type.Display}, and the type of a plan cannot change. End or withdraw it, and send the other plan under its own plan id.",
                SpineCodes.InvalidUpdate
            );
        if (turn.IsCorrection)
            place.Warn(
                "patient.identifier",
                "cpis-plan-moved",
                $"Plan {turn.PlanId} was held under another NHS number. It is withdrawn there, and is now a new record under this number."
            );
        return turn;
    }
}
