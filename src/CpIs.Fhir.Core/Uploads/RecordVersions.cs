using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Makes the next version of each record of an upload, or finds that what was sent is what is held. A plan is an EpisodeOfCare
/// and the Flag that it gives.
/// </summary>
internal sealed class RecordVersions(
    UploadContext context,
    UploadStamp stamp,
    UploadSnapshot held,
    UploadReferences references,
    Func<string> newId,
    DateTimeOffset now,
    ResourceWriter writer
)
{
    private readonly Dictionary<(RecordType, string), UploadedResource> _done = [];
    private readonly List<UploadedResource> _withdrawn = [];

    /// <summary>What was made so far.</summary>
    public ResolvedUpload With(Findings findings) => new(_done, _withdrawn, findings);

    public void Add(PatientTurn turn)
    {
        var (patient, key) = (turn.Content, (RecordType.Patient, turn.Content.Number.Digits));
        if (!turn.Writes)
        {
            Keep(RecordType.Patient, key.Digits, turn.Held, UploadEffect.Superseded);
            return;
        }

        _done[key] = Version(
            key,
            turn.Id,
            turn.Held,
            turn.Held,
            stamp,
            version => writer.Patient(patient, version, forSetting: false),
            (resource, version) =>
                resource with
                {
                    Child = patient.Number,
                    BirthDate = patient.BirthDate,
                    SettingView = patient.LocalId is null
                        ? default(ReadOnlyMemory<byte>)
                        : writer.Patient(patient, version, forSetting: true),
                    Tokens = RecordIndex.Patient(patient, context.Authority),
                }
        );
    }

    public void Add(PlanTurn turn)
    {
        // Of a plan that was deleted nothing but a withdrawal is let in, and that it is withdrawn is known.
        if (turn.Turn == Turn.Superseded || turn.Held is { IsDeleted: true })
        {
            var effect = turn.Turn == Turn.Superseded ? UploadEffect.Superseded : UploadEffect.Unchanged;
            if (turn is { Wanted.IsProtected: true, Held: { IsDeleted: false, Plan.IsProtected: false } unmarked })
            {
                // However late a mark comes, it protects: nothing else of an older upload is taken.
                foreach (var marked in new PlanMark(now, writer).Set(unmarked, turn.HeldFlag, true, effect))
                    _done[(marked.Resource.Type, turn.PlanId)] = marked;
                return;
            }

            Keep(RecordType.EpisodeOfCare, turn.PlanId, turn.Held, effect);
            Keep(RecordType.Flag, turn.PlanId, turn.HeldFlag, effect);
            return;
        }

        var (episode, flag) = turn.IsCorrection ? (null, null) : (turn.Held, turn.HeldFlag);
        if (turn.IsCorrection)
            // The record under the wrong number; the plan id is free for the record under the right one.
            _withdrawn.AddRange(
                new PlanWithdrawal(context.Authority, context.OrganizationId, stamp, now, writer).Of(
                    turn.Held!,
                    turn.HeldFlag,
                    UploadEffect.Updated,
                    gone => gone with { Identity = null }
                )
            );
        if (episode is null)
            RenewPatient(turn.Wanted.Child);
        Put(turn, references.PatientIdOf(turn.Wanted.Child)!, episode, flag);
    }

    private void Keep(RecordType type, string key, StoredResource? current, UploadEffect effect)
    {
        if (current is not null)
            _done[(type, key)] = new UploadedResource(current, effect, current);
    }

    private void Put(PlanTurn turn, string patientId, StoredResource? heldEpisode, StoredResource? heldFlag)
    {
        var plan = turn.Wanted;
        var episodeId = heldEpisode?.Id ?? newId();
        _done[(RecordType.EpisodeOfCare, plan.PlanId)] = Episode(turn, patientId, episodeId, heldEpisode);
        _done[(RecordType.Flag, plan.PlanId)] = Flag(plan, patientId, episodeId, heldFlag?.Id ?? newId(), heldFlag);
    }

    /// <summary>The stamp of a plan is next to its EpisodeOfCare, the one truth; both are always written in one commit.</summary>
    private UploadedResource Episode(PlanTurn turn, string patientId, string id, StoredResource? current)
    {
        var plan = turn.Wanted;
        return Version(
            (RecordType.EpisodeOfCare, plan.PlanId),
            id,
            current,
            turn.Held,
            turn.Stamp,
            version => writer.Episode(plan, patientId, version),
            (resource, _) =>
                resource with
                {
                    Child = plan.Child,
                    Plan = plan.Beside(id),
                    Tokens = RecordIndex.Episode(plan, context.Authority, patientId, context.OrganizationId),
                }
        );
    }

    private UploadedResource Flag(
        PlanContent plan,
        string patientId,
        string episodeId,
        string id,
        StoredResource? current
    ) =>
        Version(
            (RecordType.Flag, plan.PlanId),
            id,
            current,
            null,
            null,
            version => writer.Flag(plan, patientId, episodeId, version),
            (resource, _) =>
                resource with
                {
                    Child = plan.Child,
                    Plan = plan.Beside(episodeId),
                    Tokens = RecordIndex.Flag(plan, context.Authority, patientId, context.OrganizationId),
                }
        );

    /// <summary>
    /// A Patient that was not told again for long may be removed with the last of its plans at this very moment (retention).
    /// A new version of it, alike but for the date, makes that removal and this commit exclude each other.
    /// </summary>
    private void RenewPatient(NhsNumber child)
    {
        var key = (RecordType.Patient, child.Digits);
        if (
            held.Find(RecordType.Patient, child.Digits) is not { } existing
            || now - existing.LastUpdated < PatientContent.FreshFor
        )
            return;
        var done = _done.GetValueOrDefault(key) ?? new UploadedResource(existing, UploadEffect.Updated, existing);
        if (done.Resource.Version != existing.Version)
            return;
        var content = UploadSnapshot.ReadPatient(existing);
        var version = new ResourceVersion(existing.Id, existing.Version + 1, now);
        _done[key] = done with
        {
            Effect = done.Effect == UploadEffect.Superseded ? UploadEffect.Superseded : UploadEffect.Updated,
            Resource = done.Resource with
            {
                Version = version.Version,
                LastUpdated = now,
                Body = writer.Patient(content, version, forSetting: false),
                SettingView = existing.SettingView.IsEmpty
                    ? default(ReadOnlyMemory<byte>)
                    : writer.Patient(content, version, forSetting: true),
            },
        };
    }

    /// <param name="key">Type, and NHS number or plan id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="current">The version that it follows, or null.</param>
    /// <param name="before">What was held of it, also under another NHS number.</param>
    /// <param name="newStamp">The stamp to keep; null to keep the one it has.</param>
    /// <param name="write">Writes the body.</param>
    /// <param name="complete">Adds what lies next to it.</param>
    private UploadedResource Version(
        (RecordType Type, string Key) key,
        string id,
        StoredResource? current,
        StoredResource? before,
        UploadStamp? newStamp,
        Func<ResourceVersion, byte[]> write,
        Func<StoredResource, ResourceVersion, StoredResource> complete
    )
    {
        if (
            current is not null
            && write(
                    new ResourceVersion(
                        current.Id,
                        current.Version,
                        current.LastUpdated,
                        // The label alone makes no new version of a record from before it.
                        NotForPatient.Labels(current.Body.Span)
                    )
                )
                .AsSpan()
                .SequenceEqual(current.Body.Span)
        )
            return new UploadedResource(
                newStamp is null
                    ? current
                    : current with
                    {
                        Stamp = newStamp,
                        OverriddenForm = Forms.Confirmed(current, newStamp),
                    },
                UploadEffect.Unchanged,
                current
            );

        var version = new ResourceVersion(id, (current?.Version ?? 0) + 1, now);
        var resource = new StoredResource
        {
            Type = key.Type,
            Id = id,
            Version = version.Version,
            LastUpdated = now,
            Authority = context.Authority,
            Identity = UploadSnapshot.Identity(context.Authority, key.Key),
            Stamp = newStamp ?? current?.Stamp,
            Body = write(version),
        };
        resource = complete(resource, version);
        return new UploadedResource(
            newStamp is null ? resource : Forms.Note(resource, before, newStamp, now),
            current is null ? UploadEffect.Created : UploadEffect.Updated,
            current
        );
    }
}
