using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// A form: what a person sends of one child when it cannot wait for the night. It is an upload as any other, told by a tag of the Bundle, and
/// its stamp says who sent it. When the case system says otherwise later, that holds, and is told. See docs/adr/0062.
/// </summary>
internal static class Forms
{
    /// <summary>Rule: a form is about one child.</summary>
    public const string OneChild = "cpis-upload-form-one-child";

    /// <summary>Rule, of a warning: the case system says otherwise than a form.</summary>
    public const string Overridden = "cpis-form-overridden";

    private const string Code = "form";

    /// <summary>True for a Bundle that has the tag.</summary>
    public static bool IsForm(ISentElement bundle) => TagOf(bundle) is not null;

    /// <summary>Who sends it, or 403.</summary>
    public static Result<Person> SenderOf(Caller caller) =>
        Activities.WhoActs(caller, "send a form", Activities.Lead, Activities.Worker, Activities.Duty);

    /// <summary>A tag must not make a form of a whole file.</summary>
    public static void Check(ISentElement bundle, IReadOnlyList<SentEntry> entries, List<Disagreement> found)
    {
        if (TagOf(bundle) is not { } tag)
            return;
        var children = entries
            .Select(entry =>
                entry.Record is not { Type: { } type } record ? null
                : type == RecordType.Patient ? record.Key?.Value
                : record.ChildNumber
            )
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Count();
        if (children > 1)
            found.Add(
                new(
                    OneChild,
                    tag,
                    $"A form is about one child. Found {children}. Send each child in a form of its own, or leave the tag out: what a case system sends is no form."
                )
            );
    }

    /// <summary>The record with what is to be remembered of an overridden form.</summary>
    /// <param name="record">A version that an upload makes or confirms.</param>
    /// <param name="before">What was held of it, perhaps under another NHS number; null for a new record.</param>
    /// <param name="stamp">Of the upload.</param>
    /// <param name="now">The time of the commit.</param>
    public static StoredResource Note(
        StoredResource record,
        StoredResource? before,
        UploadStamp stamp,
        DateTimeOffset now
    )
    {
        var note = After(record, before, stamp, now);
        return record with
        {
            OverriddenForm = note,
            Tokens = note is null
                ? record.Tokens
                : [.. record.Tokens, SearchTokens.OverriddenForm(LondonCalendar.DayOf(note.Overridden))],
        };
    }

    /// <summary>The same where the record does not change: its search values stay, and only a form ends what is remembered.</summary>
    public static OverriddenForm? Confirmed(StoredResource held, UploadStamp stamp) =>
        stamp.Form is null ? held.OverriddenForm : null;

    private static OverriddenForm? After(
        StoredResource record,
        StoredResource? before,
        UploadStamp stamp,
        DateTimeOffset now
    )
    {
        // A person has spoken again; or there is nothing to remember.
        if (stamp.Form is not null || before is not { Stamp: var held, OverriddenForm: var note })
            return null;
        if ((held?.Form, note) is (null, null))
            return null;
        // More may be said without saying otherwise: a local id, the protected mark.
        if (!SaysOtherwise(record, before))
            return note;
        return held is { Form: { } by } ? new OverriddenForm(by, held.Time, now) : null;
    }

    private static bool SaysOtherwise(StoredResource record, StoredResource before)
    {
        if (record.Type != RecordType.Patient)
            return record.Child != before.Child || Days(record) != Days(before);
        var (now, then) = (UploadSnapshot.ReadPatient(record), UploadSnapshot.ReadPatient(before));
        return (now.Family, now.BirthDate) != (then.Family, then.BirthDate) || !now.Given.SequenceEqual(then.Given);

        static (PlanType, PlanStatus, DateOnly, DateOnly?) Days(StoredResource episode) =>
            (episode.Plan!.Type, episode.Plan.Status, episode.Plan.Start, episode.Plan.End);
    }

    private static ISentElement? TagOf(ISentElement bundle) =>
        bundle
            .Child("meta")
            ?.ChildrenNamed("tag")
            .FirstOrDefault(tag => tag.Text("system") == FhirSystems.UploadOrigin && tag.Text("code") == Code);
}
