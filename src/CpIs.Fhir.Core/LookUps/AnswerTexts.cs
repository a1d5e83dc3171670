using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// What the answer to a look-up says to a clinician: the same sentences in the answer's OperationOutcome, in the CLI and on
/// pages (design: "Texts of a look-up"). A difference in name or date of birth is told, and never hides a plan.
/// </summary>
public static class AnswerTexts
{
    /// <summary>Nothing is shown. No text ever says that there is no concern (promise 8).</summary>
    public const string None =
        "No plan found under this number. This is not 'no concern': the child may be unmatched, newborn, not yet recorded, a child in need, or from Wales, Scotland or Northern Ireland.";

    /// <summary>A scheduled look-up notifies nobody.</summary>
    public const string Scheduled = "We have not told the authority.";

    /// <summary>An unborn plan is shown by the mother's number.</summary>
    public const string Unborn =
        "This plan concerns the pregnancy, which may have ended. Read her notes before mentioning the baby.";

    /// <summary>Before anything personal that is printed or shown on a page or card.</summary>
    public const string NotForThePatient = "Do not show to patient or family. Keep out of online records and letters.";

    /// <summary>A notice was made for these authorities.</summary>
    /// <param name="authorities">Their names.</param>
    public static string Unscheduled(IReadOnlyList<string> authorities) =>
        $"A notice is being sent to {string.Join(" and ", authorities)}. It is not a referral and may not be read yet. Worried? Phone now and follow your safeguarding procedure.";

    /// <summary>A plan of a family in flight is held: nothing may say whose it is.</summary>
    /// <param name="phone">The exchange's one number.</param>
    public static string Protected(string phone) => $"A protected record is held. Phone {phone}.";

    /// <summary>A notice was made for the authority that must not be named.</summary>
    public const string ProtectedUnscheduled = "A notice is being sent to the authority that holds it.";

    /// <summary>A plan that has ended is still shown.</summary>
    public static string Ended(DateOnly day) => $"Ended {Read(day)}. Ended does not mean safe.";

    /// <summary>A plan is held for the person whom the setting means.</summary>
    public static string Held(string first, string family, DateOnly born) =>
        $"PLAN HELD for {first} {family.ToUpperInvariant()}, born {Read(born)}. Is this the child with you? Twins: check the first name.";

    /// <summary>One of the details that the setting sent is not as it is held.</summary>
    /// <param name="which">Such as <c>date of birth</c>.</param>
    public static string OneDiffers(string which) =>
        $"Your details differ from this record ({which}). Check NHS number and first name. If it is this child, the plan applies.";

    /// <summary>Family name and date of birth are both not as they are held: perhaps another person's number.</summary>
    /// <param name="phones">The authority's numbers.</param>
    public static string BothDiffer(string phones) =>
        $"A plan is held under this number for a person with other details. Check the number. If it is right, phone {phones}.";

    /// <summary>
    /// Some authorities have not uploaded when they should have: said of every child alike, hit or miss, so that nobody takes a miss for
    /// more than it is.
    /// </summary>
    /// <param name="registers">At least one.</param>
    public static string Stale(IReadOnlyList<StaleRegister> registers) =>
        $"Registers out of date: {string.Join(", ", registers.Select(stale => $"{stale.Name} (nothing uploaded since {Read(stale.Since)})"))}. A plan may be missing or old there.";

    /// <summary>Every sentence of an answer, in the order in which they are to be read.</summary>
    /// <param name="answer">What was found.</param>
    /// <param name="directory">The authorities, for their names and phones.</param>
    public static IReadOnlyList<string> Of(LookUpAnswer answer, OrganisationDirectory directory)
    {
        var texts = OfChild(answer, directory);
        if (directory.StaleAt(answer.Occurrence.Time) is { Count: > 0 } stale)
            texts.Add(Stale(stale));
        return texts;
    }

    private static List<string> OfChild(LookUpAnswer answer, OrganisationDirectory directory)
    {
        if (answer is { Plans.Count: 0, Protected: null })
            return [None];
        var isScheduled = answer.Occurrence.Mode == LookUpMode.Scheduled;
        var texts = new List<string>();
        if (answer.Protected is { } record)
            texts.Add(Protected(record.Phone));
        if (answer.Protected is not null && !isScheduled)
            texts.Add(ProtectedUnscheduled);
        foreach (var plans in answer.Plans.GroupBy(plan => plan.Episode.Authority))
        {
            texts.Add(Subject(plans.First().Patient, answer.Asked, directory.Find(plans.Key)));
            foreach (var plan in plans.Select(shown => shown.Plan))
            {
                if (plan is { Status: PlanStatus.Finished, End: { } end })
                    texts.Add(Ended(end));
                if (plan.Type.EndIsDueDate)
                    texts.Add(Unborn);
            }
        }

        if (isScheduled)
            texts.Add(Scheduled);
        else if (answer.Plans.Count > 0)
            texts.Add(
                Unscheduled([
                    .. answer
                        .Plans.Select(plan => plan.Episode.Authority)
                        .Distinct()
                        .Select(authority => directory.Find(authority)?.Name ?? authority.Value),
                ])
            );
        return texts;
    }

    private static string Subject(StoredResource patient, LookUpParameters asked, Organisation? authority)
    {
        // Only a hit, two or three in a hundred look-ups, reads a body.
        using var json = JsonDocument.Parse(patient.Body);
        var name = json.RootElement.GetProperty("name")[0];
        var (first, family) = (name.GetProperty("given")[0].GetString()!, name.GetProperty("family").GetString()!);
        var familyDiffers = asked.Family is { } said && SearchTokens.Fold(said) != SearchTokens.Fold(family);
        var birthDateDiffers = asked.BirthDate is { } day && day != patient.BirthDate;
        return (familyDiffers, birthDateDiffers) switch
        {
            (true, true) => BothDiffer(PhonesOf(authority)),
            (true, false) => OneDiffers("family name"),
            (false, true) => OneDiffers("date of birth"),
            _ => Held(first, family, patient.BirthDate!.Value),
        };
    }

    private static string PhonesOf(Organisation? authority) =>
        string.Join(
            " or ",
            new[]
            {
                authority?.OfficePhone is { } office ? $"{office} (office hours)" : null,
                authority?.EmergencyDutyPhone is { } duty ? $"{duty} (emergency duty)" : null,
            }.OfType<string>()
        )
            is { Length: > 0 } phones
            ? phones
            : "children's social care";

    private static string Read(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
