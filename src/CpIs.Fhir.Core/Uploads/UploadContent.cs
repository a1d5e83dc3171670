using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// An upload that was read: what its entries say, as far as they can be understood, and everything that was found wrong without the store.
/// An unreadable value never ends the reading, so that a sender learns of all faults at once.
/// </summary>
/// <param name="Entries">The entries that could be understood, in order.</param>
/// <param name="IsWhole">False when an entry could not be understood: then nothing may be said of what is missing in the upload.</param>
/// <param name="Findings">What is wrong.</param>
/// <param name="Names">What people call the records.</param>
internal sealed record UploadContent(
    IReadOnlyList<UploadEntry> Entries,
    bool IsWhole,
    Findings Findings,
    RecordNames Names
)
{
    /// <summary>Text of <c>Bundle.timestamp</c>, empty where it has none; null where there is no such element.</summary>
    public string? Timestamp { get; private init; }

    /// <summary>True for what a person sends by form.</summary>
    public bool IsForm { get; private init; }

    /// <summary>Reads and judges: the profile first, then what only Core knows (whose it is, and today).</summary>
    public static UploadContent Read(SentBody body, UploadContext context)
    {
        var findings = new Findings();
        foreach (var finding in body.Judge())
            findings.Add(finding.Kind, finding.Issue);
        if (body.Root.ResourceType == "Bundle")
            return Read(SentEntry.Of(body.Root), context, findings) with
            {
                Timestamp = body.Root.Child("timestamp") is { } timestamp ? timestamp.Value ?? "" : null,
                IsForm = Forms.IsForm(body.Root),
            };
        new Place(body.Root.Path, findings).Add(
            RefusalKind.Rule,
            "not-supported",
            "",
            "cpis-upload-type",
            $"An upload is a Bundle of type transaction. Sent: {Shown.Value(body.Root.ResourceType ?? "no resource")}. Put the resource into an entry of a Bundle.",
            SpineCodes.UnsupportedService
        );
        new Ownership(context, findings).Check(new SentRecord(body.Root));
        return new UploadContent([], false, findings, RecordNames.Of([]));
    }

    /// <summary>Why nothing is stored, with what the rules of the store found besides; null when nothing is wrong.</summary>
    public Refusal? ToRefusal(Refusal? ofStore)
    {
        var all = new Findings();
        all.Add(Findings);
        foreach (var issue in ofStore?.Issues ?? [])
            all.Add(ofStore!.Kind, issue);
        return all.ToRefusal(Names);
    }

    private static UploadContent Read(IReadOnlyList<SentEntry> sent, UploadContext context, Findings findings)
    {
        var reader = new EntryReader(context, new SentTargets(sent), findings);
        var ownership = new Ownership(context, findings);
        var entries = new List<UploadEntry>(sent.Count);
        var unread = new HashSet<string?>();
        var seen = new HashSet<(RecordType, string)>();
        foreach (var entry in sent)
        {
            ownership.Check(entry);
            if (reader.Read(entry) is { } read && seen.Add((read.Type, read.Key)))
                entries.Add(read);
            else if (entry.Is(RecordType.EpisodeOfCare))
                unread.Add(entry.Record!.Identifier.Text("value"));
        }

        // A Flag is judged by its EpisodeOfCare; where that could not be understood, or has no plan id to know it by, nothing can be
        // said of the Flag.
        entries.RemoveAll(entry =>
            entry.Type == RecordType.Flag
            && (
                unread.Contains(entry.Key)
                || (unread.Contains(null) && !seen.Contains((RecordType.EpisodeOfCare, entry.Key)))
            )
        );
        if (entries.Count != sent.Count && findings.Count == 0)
            new Place("Bundle", findings).Break(
                "entry",
                UploadAgreement.Entry,
                "An entry could not be understood. Send each resource by PUT and one identifier."
            );
        return new UploadContent(entries, entries.Count == sent.Count, findings, RecordNames.Of(sent));
    }
}
