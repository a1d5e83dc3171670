using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A plan or a Flag refers to the Patient of the NHS number that stands next to the reference.</summary>
internal sealed class ChildAgreement(SentTargets targets, List<Disagreement> found)
{
    private readonly HashSet<SentEntry> _disagreeing = [];

    /// <summary>False where the entry was told to disagree with its Patient.</summary>
    public bool Agrees(SentEntry entry) => !_disagreeing.Contains(entry);

    /// <summary>A reference that can be nowhere but in the Bundle leads to an entry of it.</summary>
    public void CheckReference(SentEntry entry)
    {
        if (
            Reference(entry) is { Value: { } reference } at
            && SentTargets.IsUuid(reference)
            && targets.Find(entry, reference) is null
        )
            Tell(
                entry,
                at,
                $"{Name(entry)}.reference does not match the fullUrl of any entry of this Bundle. Send the fullUrl of the child's Patient. Sent: {Shown.Value(reference)}."
            );
    }

    /// <summary>The NHS number is that of the Patient. (A target of another type is told by the type of the reference.)</summary>
    public void CheckNumber(SentEntry entry)
    {
        if (
            Reference(entry)?.Value is { } reference
            && targets.Find(entry, reference)?.Record is { Type: RecordType.Patient, Key: var (_, number) }
            && entry.Record!.ChildNumber is { } own
            && own != number
            // A number that is wrong in itself is told as that.
            && NhsNumber.TryParse(own, out _)
            && NhsNumber.TryParse(number, out _)
        )
            Tell(
                entry,
                entry.Record.Child.At("identifier")!,
                $"The NHS number of {Name(entry)} must be that of the Patient it refers to. Check which of the two is right."
            );
    }

    private static ISentElement? Reference(SentEntry entry) =>
        entry.Record is { Type: RecordType.EpisodeOfCare or RecordType.Flag } record
            ? record.Child.At("reference")
            : null;

    private static string Name(SentEntry entry) => $"{entry.Record!.Type}.{entry.Record.ChildName}";

    private void Tell(SentEntry entry, ISentElement at, string text)
    {
        _disagreeing.Add(entry);
        found.Add(new(UploadAgreement.References, at, text));
    }
}
