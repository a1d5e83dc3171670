using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What an upload makes of the store.</summary>
/// <param name="Resources">Every resource that it touches, by type and key.</param>
/// <param name="Withdrawn">Records that a correction of an NHS number withdraws: they give up their identity first.</param>
/// <param name="Findings">Warnings, by entry.</param>
internal sealed record ResolvedUpload(
    IReadOnlyDictionary<(RecordType Type, string Key), UploadedResource> Resources,
    IReadOnlyList<UploadedResource> Withdrawn,
    Findings Findings
)
{
    /// <summary>What the upload made of an entry's resource; null where it came too late to be held at all.</summary>
    public UploadedResource? this[UploadEntry entry] => Resources.GetValueOrDefault((entry.Type, entry.Key));

    /// <summary>All changes, in an order in which every store can write them.</summary>
    public IReadOnlyList<Change> Changes =>
        [.. Withdrawn.Concat(Resources.Values).Select(r => r.Change).OfType<Change>()];

    /// <summary>
    /// Records that do not change: those with a newer stamp; and all of them where another record changes, since the reads of an upload are
    /// not one moment. An old file may find its own EpisodeOfCare, then the Flag of a newer file, and would put that Flag back (promise 15).
    /// </summary>
    public IReadOnlyList<Confirmation> Confirmations
    {
        get
        {
            var changes = Changes.Count > 0;
            return
            [
                .. Resources
                    .Values.Select(r => r.Confirmation)
                    .OfType<Confirmation>()
                    .Where(c => changes || c.Resource.Stamp != c.ExpectedStamp),
            ];
        }
    }
}
