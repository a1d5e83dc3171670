using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Where the references of plans and Flags lead that are not in the same Bundle: to the authority's own record. What is wrong is told
/// at the entry and the element that is meant.
/// </summary>
internal sealed class UploadReferences(UploadContext context, UploadSnapshot held)
{
    private readonly Dictionary<string, string> _patientIds = new(StringComparer.Ordinal);

    /// <summary>A Patient of the upload, with its id.</summary>
    public void Add(PatientTurn patient) => _patientIds[patient.Content.Number.Digits] = patient.Id;

    /// <summary>Id of the authority's Patient of a child, sent or held; null where there is none.</summary>
    public string? PatientIdOf(NhsNumber child) =>
        _patientIds.TryGetValue(child.Digits, out var id) ? id : held.Find(RecordType.Patient, child.Digits)?.Id;

    /// <summary>The reference leads to the authority's own Patient with the NHS number that stands next to it.</summary>
    /// <param name="entry">An EpisodeOfCare or a Flag.</param>
    /// <param name="element"><c>patient</c> or <c>subject</c>.</param>
    public void CheckPatient(UploadEntry entry, string element)
    {
        if (entry.PatientReference is not { } reference)
            return;
        var child = entry.Plan!.Child;
        if (Lead(reference, child) is not { } leadsTo)
            entry.Place.Break(
                $"{element}.reference",
                "cpis-upload-references",
                $"Plan {entry.Key}: the reference does not lead to a Patient of yours with the NHS number given next to it. Use a Patient that you hold (Patient/id, or Patient?identifier=system|value) or, in a Bundle, the fullUrl of its entry."
            );
        else if (leadsTo != child)
            entry.Place.Break(
                $"{element}.identifier",
                "cpis-upload-references",
                $"Plan {entry.Key}: the NHS number must be that of the Patient that the reference leads to."
            );
    }

    /// <summary>The reference of a Flag leads to the EpisodeOfCare of its plan.</summary>
    public void CheckEpisode(UploadEntry flag, StoredResource? episode)
    {
        if (flag.EpisodeReference is not { } reference)
            return;
        var right =
            EntryUrl.ParseReference(reference, context.FhirBase) is { Type: RecordType.EpisodeOfCare } url
            && (
                url.Id is null
                    ? url.System == FhirSystems.PlanId(context.Authority) && url.Value == flag.Key
                    : url.Id == episode?.Id
            );
        if (!right)
            flag.Place.Break(
                "extension[0].valueReference.reference",
                "cpis-upload-references",
                $"Plan {flag.Key}: the reference does not lead to an EpisodeOfCare of yours with the plan id of this Flag."
            );
    }

    /// <summary>Whose Patient a reference leads to; null where it leads to none of the authority's.</summary>
    private NhsNumber? Lead(string reference, NhsNumber child)
    {
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
