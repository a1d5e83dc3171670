using System.Globalization;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// Judges everything that is held of one child, of all authorities from one reading: so what one is told of another, the other is told too, and
/// at once.
/// </summary>
/// <param name="today">The London day.</param>
/// <param name="of">Where what is found of an authority goes.</param>
/// <param name="nameOf">What people call an authority.</param>
internal sealed class ChildQuality(DateOnly today, Func<OdsCode, AuthorityQuality> of, Func<OdsCode, string> nameOf)
{
    /// <summary>So long before somebody is 18 their open plans are listed.</summary>
    public const int DaysAhead = 90;

    /// <summary>Judges a child.</summary>
    /// <param name="held">Everything that is held of it, read at once.</param>
    public void Judge(IReadOnlyList<StoredResource> held)
    {
        var owners = held.Where(record => record is { Type: RecordType.Patient, IsDeleted: false })
            .Select(patient => new Owner(patient, held))
            .ToList();
        foreach (var owner in owners)
            JudgeOwn(owner);
        // Under a number that is no longer in use nothing is shown, so nobody sees another's plan there.
        if (!held.Any(InactiveNumber.IsMark))
            Compare([.. owners.Where(owner => !owner.Hides && owner.Plans.Any(IsVisible))]);

        bool IsVisible((string Id, StoredResource Episode) plan) =>
            Visibility.IsVisible(
                plan.Episode.Plan!,
                LondonCalendar.DayOf(plan.Episode.LastUpdated),
                owners.First(owner => owner.Authority == plan.Episode.Authority).Patient.BirthDate,
                today
            );
    }

    private void JudgeOwn(Owner owner)
    {
        var found = of(owner.Authority);
        var open = owner.Plans.Where(plan => plan.Episode.Plan!.Status == PlanStatus.Active).ToList();
        found.Children++;
        found.Plans += owner.Plans.Count;
        found.OpenPlans += open.Count;
        foreach (var (id, episode) in open)
        {
            var plan = episode.Plan!;
            if (plan.Type.HiddenFromAge is { } age && owner.Patient.BirthDate is { } born)
                NearEighteen(owner, id, Visibility.Birthday(born, age), age);
            if (plan is { Type.EndIsDueDate: true, End: { } due } && due < today)
                found.Add(
                    QualityMeasure.PastDue,
                    owner.Line(
                        id,
                        due,
                        $"The due date was {Read(due)}, and settings see it until {Read(due.AddDays(plan.Type.DaysAfterEnd))}. Send the actual day as its end."
                    )
                );
        }

        foreach (
            var twins in open.Where(plan => !plan.Episode.Plan!.Type.EndIsDueDate)
                .GroupBy(plan => plan.Episode.Plan!.Type)
        )
            if (twins.Count() > 1)
                found.Add(
                    QualityMeasure.SecondPlan,
                    owner.Line(
                        string.Join(' ', twins.Select(plan => plan.Id).Order(StringComparer.Ordinal)),
                        twins.Max(plan => plan.Episode.Plan!.Start),
                        $"Two open plans of one type ({twins.Key.Display}). End the one that is over, or withdraw the one that was a mistake."
                    )
                );
    }

    private void NearEighteen(Owner owner, string plan, DateOnly birthday, int age)
    {
        if (birthday.DayNumber - today.DayNumber > DaysAhead)
            return;
        of(owner.Authority)
            .Add(
                QualityMeasure.NearEighteen,
                owner.Line(
                    plan,
                    birthday,
                    birthday > today
                        ? $"The person is {age} on {Read(birthday)}: from that day settings do not see the plan. Send its end."
                        : $"The person is {age} since {Read(birthday)}: settings do not see the plan. Send its end."
                )
            );
    }

    private void Compare(IReadOnlyList<Owner> owners)
    {
        for (var i = 0; i < owners.Count; i++)
        for (var j = i + 1; j < owners.Count; j++)
        {
            var (one, other) = (owners[i], owners[j]);
            var which = Differences(one.Content, other.Content);
            if (which.Length == 0)
                continue;
            Tell(one, other, which);
            Tell(other, one, which);
        }
    }

    private void Tell(Owner owner, Owner other, string which) =>
        of(owner.Authority)
            .Add(
                QualityMeasure.Disagreement,
                owner.Line(
                    string.Join(' ', owner.Plans.Select(plan => plan.Id)),
                    null,
                    $"{nameOf(other.Authority)} has another {which} under this NHS number. Phone them, and agree which is right and whether it is one child."
                )
            );

    private static string Differences(PatientContent one, PatientContent other)
    {
        string?[] differences =
        [
            SearchTokens.Fold(one.Family) != SearchTokens.Fold(other.Family) ? "family name" : null,
            SearchTokens.Fold(one.Given[0]) != SearchTokens.Fold(other.Given[0]) ? "first name" : null,
            one.BirthDate != other.BirthDate ? "date of birth" : null,
        ];
        return string.Join(" and ", differences.OfType<string>());
    }

    private static string Read(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>One authority's records of the child.</summary>
    private sealed class Owner
    {
        public Owner(StoredResource patient, IReadOnlyList<StoredResource> held)
        {
            (Patient, Content) = (patient, UploadSnapshot.ReadPatient(patient));
            var own = held.Where(record => record.Authority == patient.Authority).ToList();
            // One mark hides the authority for this child, also when the marked plan has ended or was withdrawn (ADR 0058).
            Hides = own.Exists(record => record.Plan is { IsProtected: true });
            Plans =
            [
                .. own.Where(record =>
                        record
                            is {
                                Type: RecordType.EpisodeOfCare,
                                IsDeleted: false,
                                Identity: not null,
                                Plan.Status: not PlanStatus.Withdrawn
                            }
                    )
                    .Select(episode => (episode.Identity![(patient.Authority.Value.Length + 1)..], episode)),
            ];
        }

        public StoredResource Patient { get; }

        public PatientContent Content { get; }

        public OdsCode Authority => Patient.Authority;

        public bool Hides { get; }

        public IReadOnlyList<(string Id, StoredResource Episode)> Plans { get; }

        public QualityLine Line(string plan, DateOnly? since, string text) =>
            new(plan.Length > 0 ? plan : null, Content.LocalId, since, text);
    }
}
