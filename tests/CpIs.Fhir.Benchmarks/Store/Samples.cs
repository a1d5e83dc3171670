using System.Globalization;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>Synthetic occurrences and resources of the size that the server writes.</summary>
internal static class Samples
{
    private static readonly OdsCode Authority = OdsCode.Parse("E10000015");
    private static readonly OdsCode Hospital = OdsCode.Parse("RWH01");
    private static readonly Person Nurse = new("555000000001", "555000000099", "R0260", "Nurse", "Ann Example");
    private static readonly ShownPlan Plan = new(Authority, PlanTypes.LookedAfter, Id(1), 1, Id(2), 1);

    // In no order, as they come: in the order of their numbers a readable index would be written page by page.
    private static readonly NhsNumber[] Children = Shuffled(Enumerable.Range(0, 20_000).Select(Number));
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(new string('x', 900));

    public static NhsNumber Child(int n) => Children[n % Children.Length];

    public static string Id(int n) => new Guid(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString("D");

    /// <summary>3 in 100 are hits, as in life.</summary>
    public static Occurrence Access(int n, bool? hit = null)
    {
        var shown = hit ?? n % 100 < 3;
        return new Occurrence
        {
            Id = Guid.CreateVersion7().ToString("D"),
            Kind = OccurrenceKind.Access,
            Time = DateTimeOffset.UtcNow,
            ClientId = "hospital-ed",
            Organisation = Hospital,
            OrganisationName = "Example Hospital",
            CallerKind = CallerKind.Setting,
            Person = Nurse,
            Interaction = "$child-protection",
            Child = Child(n),
            Mode = LookUpMode.Unscheduled,
            Outcome = shown ? AccessOutcome.Shown : AccessOutcome.NothingHeld,
            Query = "Patient/$child-protection?nhsNumber=0000000000",
            RequestId = "6d6f3f7e-0000-4000-8000-000000000001",
            Shown = shown ? [Plan] : [],
            InHistory = shown,
            Obligations = shown ? [new Obligation(Authority, [Plan])] : [],
        };
    }

    /// <summary>An upload: Patient, EpisodeOfCare and Flag of each child, eight tokens each.</summary>
    public static Commit Upload(int first, int changes) =>
        new()
        {
            Changes = [.. Enumerable.Range(first, changes).Select(n => new Change(Resource(n), 0))],
            Occurrence = Access(first, hit: false) with { Kind = OccurrenceKind.Upload, Child = null },
        };

    private static StoredResource Resource(int n) =>
        new()
        {
            Type = (RecordType)(1 + n % 3),
            Id = Id(n),
            Version = 1,
            LastUpdated = DateTimeOffset.UtcNow,
            Authority = Authority,
            Identity = string.Create(CultureInfo.InvariantCulture, $"{Authority}|{n}"),
            Child = Child(n / 3),
            Body = Body,
            Plan =
                n % 3 == 0
                    ? null
                    : new Plan(Id(n), PlanTypes.LookedAfter, PlanStatus.Active, new DateOnly(2026, 1, 1), null),
            Tokens =
            [
                SearchTokens.Identifier("identifier", FhirSystems.NhsNumber, Child(n / 3).Digits),
                SearchTokens.Exact("code", "764841000000100"),
                SearchTokens.Exact("status", "active"),
                string.Create(CultureInfo.InvariantCulture, $"patient=Patient/{Id(n / 3)}"),
            ],
        };

    /// <summary>The same order each time.</summary>
    public static NhsNumber[] Shuffled(IEnumerable<NhsNumber> children)
    {
        NhsNumber[] shuffled = [.. children];
        new Random(1).Shuffle(shuffled);
        return shuffled;
    }

    private static NhsNumber Number(int n)
    {
        for (var body = 999_000_000L + n * 2L; ; body++)
        for (var check = 0; check < 10; check++)
            if (NhsNumber.TryParse((body * 10 + check).ToString("D10", CultureInfo.InvariantCulture), out var child))
                return child;
    }
}
