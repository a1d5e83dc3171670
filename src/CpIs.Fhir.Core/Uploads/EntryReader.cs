using System.Globalization;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What an entry says, from text to values. Whether it may say so the profile judges; what cannot be read gives nothing, and the rules of
/// the day are asked of each value that can.
/// </summary>
internal sealed class EntryReader(UploadContext context, SentTargets targets, Findings findings)
{
    /// <summary>The entry; null where something that must be known of it cannot be read.</summary>
    public UploadEntry? Read(SentEntry entry)
    {
        if (entry.Record is not { Type: { } type } record)
            return null;
        var place = new Place(record.Resource.Path, findings);
        var read = new UploadEntry
        {
            Place = place,
            Request = new Place($"{entry.Element.Path}.request", findings),
            FullUrl = entry.FullUrl?.Value,
            Type = type,
            Id = record.Resource.Text("id"),
            IfMatch = VersionOf(entry.Request.Text("ifMatch")),
        };
        if (type == RecordType.Patient)
            return PatientOf(record.Resource, place) is { } patient ? read with { Patient = patient } : null;
        var plan = PlanOf(record);
        var ofToday = DaysOf(record);
        if (plan is null)
        {
            // Whose turn it is will not be known, and all that is wrong is told at once.
            foreach (var problem in ofToday)
                place.Break(problem.Element, problem.Rule, problem.Text);
            return null;
        }

        return read with
        {
            Plan = plan,
            OfToday = ofToday,
            PatientUrl = record.Child.Text("reference") is { } reference
                ? targets.Find(entry, reference)?.FullUrl?.Value
                : null,
            PatientReference = Elsewhere(entry, record.Child?.Child("reference")),
            EpisodeReference = type == RecordType.Flag ? Elsewhere(entry, record.Detail) : null,
        };
    }

    private PatientContent? PatientOf(ISentElement patient, Place place)
    {
        var born = patient.Text("birthDate") is { } text ? DayOf(text) : null;
        if (born > context.Today)
        {
            place.Break(
                "birthDate",
                "cpis-patient-birth-date",
                "A date of birth cannot be in the future. Check the year."
            );
            // Nothing follows from it.
            born = null;
        }

        string? number = null,
            local = null;
        foreach (var identifier in patient.ChildrenNamed("identifier"))
            if (identifier.Text("system") == FhirSystems.NhsNumber)
                number = identifier.Text("value");
            else if (identifier.Text("system") == FhirSystems.LocalPersonId(context.Authority))
                local = identifier.Text("value");
        var name = patient.Child("name");
        var given = name?.ChildrenNamed("given").Select(each => each.Value).ToList() ?? [];
        return
            NhsNumber.TryParse(number, out var known)
            && born is { } day
            && name.Text("family") is { } family
            && given.Count > 0
            && !given.Contains(null)
            ? new PatientContent(known, local, family, [.. given!], day)
            : null;
    }

    private IReadOnlyList<DateProblem> DaysOf(SentRecord record) =>
        record is { Type: RecordType.EpisodeOfCare, Status: { } status }
            ?
            [
                .. PlanDays.Judge(
                    status,
                    PlanTypes.FromCode(record.Kind),
                    record.Day("start"),
                    record.Day("end"),
                    context
                ),
            ]
            : [];

    private PlanContent? PlanOf(SentRecord record)
    {
        var resource = record.Resource;
        var (start, end) = (record.Day("start"), record.Day("end"));
        return
            record.Key is var (system, planId)
            && system == FhirSystems.PlanId(context.Authority)
            && PlanTypes.FromCode(record.Kind) is { } kind
            && record.Status is { } known
            && NhsNumber.TryParse(record.ChildNumber, out var child)
            && start is not null
            && (end is not null || resource.At("period", "end") is null)
            ? new PlanContent(planId, kind, known, child, start, end) { IsProtected = record.IsProtected }
            : null;
    }

    /// <summary>A reference that the store must resolve; null for one within the Bundle, which the profile has judged.</summary>
    private string? Elsewhere(SentEntry entry, ISentElement? reference) =>
        reference?.Value is { } text && !SentTargets.IsUuid(text) && targets.Find(entry, text) is null ? text : null;

    /// <summary>A date of birth; null for one that the profile refuses.</summary>
    private static DateOnly? DayOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year >= 1900
            ? day
            : null;

    private static int? VersionOf(string? ifMatch) =>
        ifMatch is ['W', '/', '"', .. var digits, '"']
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
