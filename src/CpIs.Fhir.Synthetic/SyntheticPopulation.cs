using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Synthetic;

/// <summary>
/// The children of a county that does not exist. The same settings give the same children, to the byte, on every machine:
/// the demo, <c>cpis population</c>, the benchmarks and the tests all draw from here.
/// </summary>
public sealed record SyntheticPopulation
{
    /// <summary>The authority that holds them.</summary>
    public required OdsCode Authority { get; init; }

    /// <summary>The day that plans are dated around. An upload made today for a later day would be refused.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Another seed gives other names and dates.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where in the test range the NHS numbers begin: the six digits after 999.</summary>
    public int FirstStem { get; init; }

    /// <summary>Children on an active child protection plan.</summary>
    public int OnPlan { get; init; }

    /// <summary>Children who are looked after.</summary>
    public int LookedAfter { get; init; }

    /// <summary>Mothers of unborn children with a plan.</summary>
    public int Unborn { get; init; }

    /// <summary>Children whose plan ended within the last year: still shown.</summary>
    public int EndedLately { get; init; }

    /// <summary>Children whose plan ended longer ago: no more shown.</summary>
    public int EndedLongAgo { get; init; }

    /// <summary>
    /// A population in the proportions of the county of the case study (721 child protection plans to 1,033 looked after,
    /// facts 5.1; unborn and ended ones in the proportions of facts 5.2).
    /// </summary>
    /// <param name="authority">Whose children.</param>
    /// <param name="children">How many, 1 or more.</param>
    /// <param name="today">The day that plans are dated around.</param>
    /// <param name="seed">Another seed gives other people with other NHS numbers.</param>
    public static SyntheticPopulation OfCounty(OdsCode authority, int children, DateOnly today, int seed = 1)
    {
        var onPlan = (int)(children * 0.30);
        var unborn = (int)(children * 0.02);
        var lately = (int)(children * 0.20);
        var longAgo = (int)(children * 0.05);
        return new SyntheticPopulation
        {
            Authority = authority,
            Today = today,
            Seed = seed,
            FirstStem = StemOf(authority, seed),
            OnPlan = onPlan,
            LookedAfter = children - onPlan - unborn - lately - longAgo,
            Unborn = unborn,
            EndedLately = lately,
            EndedLongAgo = longAgo,
        };
    }

    /// <summary>How many children there are.</summary>
    public int Count => OnPlan + LookedAfter + Unborn + EndedLately + EndedLongAgo;

    /// <summary>The children, mixed as a county's register is, in a fixed order.</summary>
    public IEnumerable<SyntheticChild> Children()
    {
        var random = new Random(Seed);
        var kinds = Kinds();
        random.Shuffle(kinds);
        var ordinal = 0;
        foreach (var number in SyntheticNhsNumbers.From(FirstStem).Take(kinds.Length))
        {
            yield return Child(kinds[ordinal], number, ordinal + 1, random);
            ordinal++;
        }
    }

    private enum Kind : byte
    {
        OnPlan,
        LookedAfter,
        Unborn,
        EndedLately,
        EndedLongAgo,
    }

    private Kind[] Kinds() =>
        [
            .. Enumerable.Repeat(Kind.OnPlan, OnPlan),
            .. Enumerable.Repeat(Kind.LookedAfter, LookedAfter),
            .. Enumerable.Repeat(Kind.Unborn, Unborn),
            .. Enumerable.Repeat(Kind.EndedLately, EndedLately),
            .. Enumerable.Repeat(Kind.EndedLongAgo, EndedLongAgo),
        ];

    private SyntheticChild Child(Kind kind, NhsNumber number, int ordinal, Random random)
    {
        var given = Pick(SyntheticNames.Given, random);
        var second = random.Next(4) == 0 ? Pick(SyntheticNames.Given, random) : given;
        var born = Today.AddDays(-DaysOld(kind, random));
        return new SyntheticChild(
            number,
            string.Create(CultureInfo.InvariantCulture, $"P{Seed:X}-{ordinal:D6}"),
            Pick(SyntheticNames.Family, random),
            given == second ? [given] : [given, second],
            born,
            [
                .. Plans(kind, ordinal, random)
                    .Select(plan => plan with { Start = plan.Start < born ? born : plan.Start }),
            ]
        );
    }

    private static int DaysOld(Kind kind, Random random) =>
        kind switch
        {
            Kind.Unborn => random.Next(18 * 366, 40 * 365),
            Kind.EndedLately or Kind.EndedLongAgo => random.Next(1_000, 17 * 365),
            _ => random.Next(2, 17 * 365),
        };

    private IReadOnlyList<SyntheticPlan> Plans(Kind kind, int ordinal, Random random)
    {
        // The seed is in the id: two populations of one authority are different plans, not moved ones.
        var id = string.Create(CultureInfo.InvariantCulture, $"{Seed:X}-{ordinal:D6}");
        switch (kind)
        {
            case Kind.OnPlan:
                var plan = Active("CPP-" + id, PlanTypes.ChildProtectionPlan, random.Next(1, 700));
                // About one child in fifteen on a plan is looked after as well.
                return random.Next(15) == 0
                    ? [plan, Active("LAC-" + id, PlanTypes.LookedAfter, random.Next(1, 400))]
                    : [plan];
            case Kind.LookedAfter:
                return [Active("LAC-" + id, PlanTypes.LookedAfter, random.Next(1, 2_500))];
            case Kind.Unborn:
                var due = Today.AddDays(random.Next(1, 150));
                return
                [
                    new(
                        "UCP-" + id,
                        PlanTypes.UnbornChildProtectionPlan,
                        PlanStatus.Active,
                        Today.AddDays(-random.Next(5, 90)),
                        due
                    ),
                ];
            case Kind.EndedLately:
                return [Ended("CPP-" + id, PlanTypes.ChildProtectionPlan, random.Next(1, 365), random)];
            default:
                return [Ended("LAC-" + id, PlanTypes.LookedAfter, random.Next(366, 900), random)];
        }
    }

    private SyntheticPlan Active(string id, PlanType type, int daysAgo) =>
        new(id, type, PlanStatus.Active, Today.AddDays(-daysAgo), null);

    private SyntheticPlan Ended(string id, PlanType type, int endedDaysAgo, Random random) =>
        new(
            id,
            type,
            PlanStatus.Finished,
            Today.AddDays(-endedDaysAgo - random.Next(30, 700)),
            Today.AddDays(-endedDaysAgo)
        );

    private static string Pick(string[] names, Random random) => names[random.Next(names.Length)];

    // Authorities spread over the test range, so that few children are shared by accident.
    private static int StemOf(OdsCode authority, int seed)
    {
        var hash = 2166136261u ^ (uint)seed;
        foreach (var c in authority.Value)
            hash = (hash ^ c) * 16777619u;
        return (int)(hash % 1_000_000);
    }
}
