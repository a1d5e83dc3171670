using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A plan or a Flag refers to the Patient of the NHS number that stands beside the reference.</summary>
internal sealed class ChildAgreement(SentTargets targets, List<Disagreement> found)
{
    /// <summary>The entries whose child is in doubt: their NHS number says nothing about others.</summary>
    public HashSet<SentEntry> Disagreeing { get; } = [];

    public void Check(SentEntry entry)
    {
        if (
            entry.Record is not { Type: RecordType.EpisodeOfCare or RecordType.Flag } record
            || record.Child is not { } child
            || child.Child("reference") is not { Value: { } reference } at
        )
            return;
        var name = $"{record.Type}.{record.ChildName}";
        if (targets.Find(entry, reference) is not { } target)
        {
            if (SentTargets.IsUuid(reference))
                Tell(
                    entry,
                    at,
                    $"{name}.reference leads to no entry of this Bundle. Send the fullUrl of the child's Patient. Sent: {Shown.Value(reference)}."
                );
            return;
        }

        // An entry of another type is told where the reference stands, by its type.
        if (
            target.Record is { Type: RecordType.Patient, Key: var (_, number) }
            && child.Child("identifier") is { } identifier
            && identifier.Text("value") is { } own
            && own != number
        )
            Tell(
                entry,
                identifier,
                $"The NHS number of {name} must be that of the Patient it refers to, entry[{target.Index}]. Check which of the two is right."
            );
    }

    private void Tell(SentEntry entry, ISentElement at, string text)
    {
        Disagreeing.Add(entry);
        found.Add(new(UploadAgreement.References, at, text));
    }
}
