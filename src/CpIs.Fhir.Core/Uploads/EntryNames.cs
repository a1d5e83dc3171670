using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>How entries name what they write: by PUT and the identifier of the resource, each resource once.</summary>
internal static class EntryNames
{
    public static void Check(IEnumerable<SentEntry> entries, List<Disagreement> found)
    {
        var urls = new HashSet<string>(StringComparer.Ordinal);
        var keys = new Dictionary<(RecordType, string, string), SentEntry>();
        foreach (var entry in entries)
        {
            if (entry.FullUrl is { Value: { } url } at && !urls.Add(SentTargets.Normal(url)))
                found.Add(
                    new(UploadAgreement.FullUrl, at, "Another entry has the same fullUrl. Give each entry its own.")
                );
            Request(entry, found);
            if (entry.Record is not { Type: { } type, Key: var (system, value), Identifier: { } identifier })
                continue;
            if (keys.TryAdd((type, system, value), entry))
                continue;
            var first = keys[(type, system, value)].Index;
            found.Add(
                type == RecordType.Patient
                    ? new(
                        UploadAgreement.OnePerChild,
                        identifier,
                        $"entry[{first}] is a Patient with the same NHS number. Send each child once; many plans may refer to it."
                    )
                    : new(
                        UploadAgreement.OnePerPlan,
                        identifier,
                        $"entry[{first}] is {Article(type)} with the same plan id. Send each plan once."
                    )
            );
        }
    }

    private static string Article(RecordType type) => type == RecordType.Flag ? "a Flag" : "an EpisodeOfCare";

    private static void Request(SentEntry entry, List<Disagreement> found)
    {
        if (entry.Record is { Type: null, Resource: { ResourceType: { } other } resource })
        {
            found.Add(
                new(
                    UploadAgreement.Entry,
                    resource,
                    $"An upload can contain only Patient, EpisodeOfCare and Flag. Sent: {Shown.Value(other)}."
                )
            );
            return;
        }

        if (entry.Request.At("method") is { Value: { } method } verb && method != "PUT")
            found.Add(
                new(
                    UploadAgreement.Entry,
                    verb,
                    $"The method of an entry must be PUT. Sent: {Shown.Value(method)}. To withdraw a plan, send it with status entered-in-error."
                )
            );
        if (entry.Record is { Type: { } type } record && entry.Request.At("url") is { Value: { } url } at)
            Url(record, type, url, at, found);
    }

    private static bool IsSound(SentRecord record, RecordType type) =>
        record.Key is not var (_, value)
        || (type == RecordType.Patient ? NhsNumber.TryParse(value, out _) : ValueRules.OwnIdFault(value) is null);

    private static void Url(SentRecord record, RecordType type, string url, ISentElement at, List<Disagreement> found)
    {
        // An identifier that is wrong in itself is told as that, and not again where the url repeats it.
        var isSound = IsSound(record, type);
        if (!isSound && record.Key is var (own, id) && Uri.UnescapeDataString(url) == $"{type}?identifier={own}|{id}")
            return;
        if (EntryUrl.Parse(url) is not { Id: null, System: { } system, Value: { } value } named || named.Type != type)
            found.Add(
                new(
                    UploadAgreement.Entry,
                    at,
                    $"The url of this entry must be {type}?identifier=system|value, with the {(type == RecordType.Patient ? "NHS number" : "plan id")} of the resource."
                )
            );
        else if (record.Key is { } key && key != (system, value) && isSound)
            found.Add(
                new(
                    UploadAgreement.Condition,
                    at,
                    $"The identifier in the url must be the {(type == RecordType.Patient ? "NHS number" : "plan id")} of the resource, with its system."
                )
            );
    }
}
