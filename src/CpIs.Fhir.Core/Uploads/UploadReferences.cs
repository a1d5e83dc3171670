using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Where the references of plans and Flags lead: to an entry of the same Bundle (by its fullUrl), or to the authority's own
/// record. What is wrong is told at the entry and the element that is meant.
/// </summary>
internal sealed class UploadReferences(UploadContext context, UploadSnapshot held)
{
    private readonly Dictionary<string, UploadEntry> _byFullUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _patientIds = new(StringComparer.Ordinal);

    /// <summary>Others may refer to it.</summary>
    public void Add(UploadEntry entry)
    {
        if (entry.FullUrl is { } url)
            _byFullUrl[url] = entry;
    }

    /// <summary>A Patient of the upload, with its id.</summary>
    public void Add(PatientTurn patient) => _patientIds[patient.Content.Number.Digits] = patient.Id;

    /// <summary>Id of the authority's Patient of a child, sent or held; null where there is none.</summary>
    public string? PatientIdOf(NhsNumber child) =>
        _patientIds.TryGetValue(child.Digits, out var id) ? id : held.Find(RecordType.Patient, child.Digits)?.Id;

    /// <summary>The reference leads to the authority's own Patient with the NHS number that stands beside it.</summary>
    /// <param name="entry">An EpisodeOfCare or a Flag.</param>
    /// <param name="element"><c>patient</c> or <c>subject</c>.</param>
    /// <returns>True where it does.</returns>
    public bool CheckPatient(UploadEntry entry, string element)
    {
        var before = entry.Place.Findings.Count;
        var child = entry.Plan!.Child;
        if (Lead(entry.PatientReference!, child) is not { } leadsTo)
            entry.Place.Break(
                $"{element}.reference",
                "cpis-upload-references",
                $"Plan {entry.Key}: the reference leads to no Patient of yours with the NHS number beside it. Use the fullUrl of a Patient entry in this Bundle, or a Patient that you hold (Patient/id, or Patient?identifier=system|value)."
            );
        else if (leadsTo != child)
            entry.Place.Break(
                $"{element}.identifier",
                "cpis-upload-references",
                $"Plan {entry.Key}: the NHS number is not that of the Patient that the reference leads to."
            );
        return entry.Place.Findings.Count == before;
    }

    /// <summary>The reference of a Flag leads to the EpisodeOfCare of its plan.</summary>
    public void CheckEpisode(UploadEntry flag, StoredResource? episode)
    {
        var reference = flag.EpisodeReference!;
        bool right;
        if (_byFullUrl.TryGetValue(reference, out var target))
            right = target.Type == RecordType.EpisodeOfCare && target.Key == flag.Key;
        else if (EntryUrl.ParseReference(reference, context.FhirBase) is { Type: RecordType.EpisodeOfCare } url)
            right = url.Id is null
                ? url.System == FhirSystems.PlanId(context.Authority) && url.Value == flag.Key
                : url.Id == episode?.Id;
        else
            right = false;
        if (!right)
            flag.Place.Break(
                "extension[0].value.reference",
                "cpis-upload-references",
                $"Plan {flag.Key}: the reference leads to no EpisodeOfCare of yours with the plan id of this Flag."
            );
    }

    /// <summary>Whose Patient a reference leads to; null where it leads to none of the authority's.</summary>
    private NhsNumber? Lead(string reference, NhsNumber child)
    {
        if (_byFullUrl.TryGetValue(reference, out var target))
            return target.Patient?.Number;
        if (EntryUrl.ParseReference(reference, context.FhirBase) is not { Type: RecordType.Patient } url)
            return null;
        if (url.Id is { } id)
            return PatientIdOf(child) == id ? child : held.PatientOf(id)?.Child;
        return
            url.System == FhirSystems.NhsNumber
            && NhsNumber.TryParse(url.Value!, out var number)
            && PatientIdOf(number) is not null
            ? number
            : null;
    }
}
