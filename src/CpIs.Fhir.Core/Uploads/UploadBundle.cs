using CpIs.Fhir.Core.Records;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Profile CPIS-Upload: reads a parsed transaction Bundle into entries that keep every rule which needs no store, or tells
/// everything that is wrong with any of them.
/// </summary>
internal static class UploadBundle
{
    private static readonly AllowedElements Allowed = new([
        "id",
        "meta.*",
        "type",
        "timestamp",
        "entry.fullUrl",
        "entry.resource.*",
        "entry.request.method",
        "entry.request.url",
        "entry.request.ifMatch",
        "entry.request.ifNoneExist",
    ]);

    /// <summary>The entries in order.</summary>
    public static Result<IReadOnlyList<UploadEntry>> Read(Bundle bundle, UploadContext context, UploadOptions options)
    {
        var findings = new Findings();
        var root = new Place("Bundle", findings);
        if (bundle.Type != Bundle.BundleType.Transaction)
        {
            root.Add(
                RefusalKind.Rule,
                "not-supported",
                "type",
                "cpis-upload-type",
                "Only a Bundle of type transaction is taken: all of it is stored, or nothing. A batch could store a plan without its child.",
                SpineCodes.UnsupportedService
            );
            return findings.ToRefusal()!;
        }

        if (bundle.Entry.Count > options.MaximumEntries)
            return Refusal.Because(
                RefusalKind.TooLarge,
                new Issue(
                    "too-long",
                    $"The Bundle has {bundle.Entry.Count} entries; at most {options.MaximumEntries} are taken. Send several.",
                    "Bundle.entry",
                    SpineCodes.TooManyValues,
                    Rule: "cpis-upload-entries"
                )
            );
        Allowed.Check(bundle, root);
        if (bundle.Entry.Count == 0)
            root.Miss("entry", "cpis-upload-empty", "An upload without entries is a mistake.");
        var entries = new List<UploadEntry>(bundle.Entry.Count);
        for (var i = 0; i < bundle.Entry.Count; i++)
            if (ReadEntry(bundle.Entry[i], i, findings, context) is { } entry)
                entries.Add(entry);
        CheckRepeats(entries);
        return findings.ToRefusal() is { } refusal ? refusal : entries;
    }

    private static UploadEntry? ReadEntry(
        Bundle.EntryComponent entry,
        int index,
        Findings findings,
        UploadContext context
    )
    {
        var before = findings.Count;
        var at = new Place($"Bundle.entry[{index}]", findings);
        var place = new Place(at.At("resource"), findings);
        var request = EntryRequest.Read(entry, at, context);
        if (request is null)
            return null;
        var read = new UploadEntry
        {
            Place = place,
            Request = new Place(at.At("request"), findings),
            FullUrl = entry.FullUrl,
            Type = request.Type,
            Target = request.Target,
            Id = request.Id ?? entry.Resource!.Id,
            IfMatch = request.IfMatch,
        };
        switch (entry.Resource)
        {
            case Patient patient:
                read = read with { Patient = PatientRules.Read(patient, place, context) };
                break;
            case EpisodeOfCare episode when EpisodeOfCareRules.Read(episode, place, context) is var (plan, patient):
                read = read with { Plan = plan, PatientReference = patient };
                break;
            case Flag flag when FlagRules.Read(flag, place, context) is var (plan, patient, detail):
                read = read with { Plan = plan, PatientReference = patient, EpisodeReference = detail };
                break;
        }

        if (findings.Count != before)
            return null;
        if (request.Value is { } named && named != read.Key)
            read.Request.Break(
                read.Target == EntryTarget.ByIdentifier ? "url" : "ifNoneExist",
                "cpis-entry-condition",
                "The identifier of the condition is not the identifier of the resource."
            );
        return read;
    }

    private static void CheckRepeats(List<UploadEntry> entries)
    {
        var seen = new Dictionary<(RecordType, string), string>();
        var urls = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!seen.TryAdd((entry.Type, entry.Key), entry.Place.Path))
                entry.Place.Break(
                    "identifier",
                    entry.Type == RecordType.Patient
                        ? "cpis-upload-one-entry-per-child"
                        : "cpis-upload-one-entry-per-plan",
                    $"{seen[(entry.Type, entry.Key)]} has the same identifier; one entry writes one resource, and many plans may refer to one Patient."
                );
            if (entry.FullUrl is { } url && !urls.Add(url))
                entry.Place.Findings.Add(
                    RefusalKind.Malformed,
                    new Issue(
                        "invalid",
                        "Two entries have the same fullUrl.",
                        entry.Place.Path.Replace(".resource", ".fullUrl", StringComparison.Ordinal),
                        SpineCodes.InvalidValue,
                        Rule: "bdl-7"
                    )
                );
        }
    }
}
