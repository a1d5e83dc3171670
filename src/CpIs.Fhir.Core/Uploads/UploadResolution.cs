using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Brings the entries of an upload together with what the store holds: who is who, which versions follow, and the Flag
/// that each EpisodeOfCare gives. Pure: it reads a snapshot and makes changes, and writes nothing.
/// </summary>
internal sealed class UploadResolution(
    UploadContext context,
    UploadSnapshot held,
    Func<string> newId,
    DateTimeOffset now,
    ResourceWriter writer
)
{
    private readonly Findings _findings = new();
    private readonly Dictionary<(RecordType, string), UploadedResource> _done = [];
    private readonly Dictionary<string, string> _patientIds = new(StringComparer.Ordinal);

    /// <summary>Every resource that the upload touches, by type and key: Patients first, then each plan and its Flag.</summary>
    public Result<IReadOnlyDictionary<(RecordType Type, string Key), UploadedResource>> Resolve(
        IEnumerable<UploadEntry> sent
    )
    {
        var entries = sent.Select(entry => entry.Telling(_findings)).ToList();
        var plans = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (entry.Patient is { } patient)
                ResolvePatient(entry, patient);
        var flags = entries.Where(e => e.Type == RecordType.Flag).ToDictionary(e => e.Key, StringComparer.Ordinal);
        foreach (var entry in entries)
            if (entry.Type == RecordType.EpisodeOfCare && plans.Add(entry.Key))
                ResolvePlan(entry.Key, entry, flags.GetValueOrDefault(entry.Key));
        foreach (var (key, flag) in flags)
            if (plans.Add(key))
                ResolvePlan(key, null, flag);
        return _findings.ToRefusal() is { } refusal ? refusal : _done;
    }

    private void ResolvePatient(UploadEntry entry, PatientContent patient)
    {
        var existing = held.Find(RecordType.Patient, entry.Key);
        EntryPrecondition.Check(entry, existing);
        var id = _patientIds[entry.Key] = existing?.Id ?? newId();
        if (_findings.Count > 0)
            return;
        Put(
            RecordType.Patient,
            entry.Key,
            id,
            existing,
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

    /// <summary>
    /// A Patient that was not told anew for long may be removed with the last of its plans at this very moment (retention).
    /// A new version of it, alike but for the date, makes that removal and this commit exclude each other.
    /// </summary>
    private void RenewPatient(NhsNumber child)
    {
        if (
            held.Find(RecordType.Patient, child.Digits) is not { } existing
            || now - existing.LastUpdated < PatientContent.FreshFor
            || _done.GetValueOrDefault((RecordType.Patient, child.Digits)) is { Effect: not UploadEffect.Unchanged }
        )
            return;
        var content = UploadSnapshot.ReadPatient(existing);
        var version = new ResourceVersion(existing.Id, existing.Version + 1, now);
        _done[(RecordType.Patient, child.Digits)] = new UploadedResource(
            existing with
            {
                Version = version.Version,
                LastUpdated = now,
                Body = writer.Patient(content, version, forSetting: false),
                SettingView = existing.SettingView.IsEmpty
                    ? default(ReadOnlyMemory<byte>)
                    : writer.Patient(content, version, forSetting: true),
            },
            UploadEffect.Updated
        );
    }

    private void ResolvePlan(string key, UploadEntry? sent, UploadEntry? sentFlag)
    {
        var existing = held.Find(RecordType.EpisodeOfCare, key);
        var existingFlag = held.Find(RecordType.Flag, key);
        if (sent is not null)
            EntryPrecondition.Check(sent, existing);
        if (sentFlag is not null)
            EntryPrecondition.Check(sentFlag, existingFlag);
        if (sent is null && existing is null)
        {
            sentFlag!.Place.Break(
                "identifier[0].value",
                "cpis-flag-without-episode",
                "There is no EpisodeOfCare of this plan, neither in the Bundle nor among your records; a Flag stands for one."
            );
            return;
        }

        var plan = sent is null ? UploadSnapshot.ReadPlan(existing!) : sent.Plan!;
        if (sent is not null && existing is not null && existing.Child != sent.Plan!.Child)
            sent.Place.Break(
                "patient",
                "cpis-episode-patient-immutable",
                "A plan stays with its child. Withdraw it (entered-in-error) with the old number and send it anew under a new plan id.",
                SpineCodes.InvalidUpdate
            );
        var patientId = PatientIdOf(plan.Child);
        if (sent is not null)
            CheckPatientReference(sent, "patient.reference");
        if (sentFlag is not null)
        {
            CheckPatientReference(sentFlag, "subject.reference");
            CheckEpisodeReference(sentFlag, existing);
            if (sent is null)
                FlagAgreement.CheckHeld(sentFlag, plan);
        }

        if (_findings.Count > 0 || patientId is null)
            return;
        if (sentFlag?.Plan!.Status == PlanStatus.Withdrawn)
            plan = plan with { Status = PlanStatus.Withdrawn };
        PutPlan(key, plan, patientId, existing, existingFlag);
    }

    private void PutPlan(
        string key,
        PlanContent plan,
        string patientId,
        StoredResource? existing,
        StoredResource? existingFlag
    )
    {
        if (existing is null)
            RenewPatient(plan.Child);
        var episodeId = existing?.Id ?? newId();
        var beside = new Plan(episodeId, plan.Type, plan.Status, plan.Start.Day, plan.End?.Day);
        Put(
            RecordType.EpisodeOfCare,
            key,
            episodeId,
            existing,
            version => writer.Episode(plan, patientId, version),
            (resource, _) =>
                resource with
                {
                    Child = plan.Child,
                    Plan = beside,
                    Tokens = RecordIndex.Episode(plan, context.Authority, patientId, context.OrganizationId),
                }
        );
        Put(
            RecordType.Flag,
            key,
            existingFlag?.Id ?? newId(),
            existingFlag,
            version => writer.Flag(plan, patientId, episodeId, version),
            (resource, _) =>
                resource with
                {
                    Child = plan.Child,
                    Plan = beside,
                    Tokens = RecordIndex.Flag(plan, context.Authority, patientId, context.OrganizationId),
                }
        );
    }

    private void Put(
        RecordType type,
        string key,
        string id,
        StoredResource? existing,
        Func<ResourceVersion, byte[]> write,
        Func<StoredResource, ResourceVersion, StoredResource> complete
    )
    {
        if (
            existing is not null
            && write(new ResourceVersion(existing.Id, existing.Version, existing.LastUpdated))
                .AsSpan()
                .SequenceEqual(existing.Body.Span)
        )
        {
            _done[(type, key)] = new UploadedResource(existing, UploadEffect.Unchanged);
            return;
        }

        var version = new ResourceVersion(id, (existing?.Version ?? 0) + 1, now);
        var resource = new StoredResource
        {
            Type = type,
            Id = id,
            Version = version.Version,
            LastUpdated = now,
            Authority = context.Authority,
            Identity = UploadSnapshot.Identity(context.Authority, key),
            Body = write(version),
        };
        _done[(type, key)] = new UploadedResource(
            complete(resource, version),
            existing is null ? UploadEffect.Created : UploadEffect.Updated
        );
    }

    private string? PatientIdOf(NhsNumber child) =>
        _patientIds.TryGetValue(child.Digits, out var id) ? id : held.Find(RecordType.Patient, child.Digits)?.Id;

    /// <summary>The reference leads to the authority's own Patient with the NHS number that stands beside it.</summary>
    private void CheckPatientReference(UploadEntry entry, string element)
    {
        if (entry.PatientReference is not { } reference)
            return;
        var right =
            EntryUrl.Parse(reference) is { Type: RecordType.Patient } url
            && PatientIdOf(entry.Plan!.Child) is { } id
            && (
                url.Id is null
                    ? url.System == FhirSystems.NhsNumber && url.Value == entry.Plan.Child.Digits
                    : url.Id == id
            );
        if (!right)
            entry.Place.Break(
                element,
                "cpis-upload-references",
                "This leads to no Patient of yours with the NHS number beside it: neither in the Bundle (by fullUrl) nor among your records (Patient/id, Patient?identifier=system|value)."
            );
    }

    private void CheckEpisodeReference(UploadEntry flag, StoredResource? existing)
    {
        if (flag.EpisodeReference is not { } reference)
            return;
        var right =
            EntryUrl.Parse(reference) is { Type: RecordType.EpisodeOfCare } url
            && (
                url.Id is null
                    ? url.System == FhirSystems.PlanId(context.Authority) && url.Value == flag.Key
                    : url.Id == existing?.Id
            );
        if (!right)
            flag.Place.Break(
                "extension[0].valueReference.reference",
                "cpis-upload-references",
                "This leads to no EpisodeOfCare of yours with the plan id of this Flag."
            );
    }
}
