using CpIs.Fhir.Core;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Demo;

/// <summary>
/// The register that the demo uploads: the proportions of the county of the case study (721 children on protection plans
/// and 1,033 looked after, facts 5.1), with some unborn plans and some ended ones; and a neighbour who also holds some of
/// the same children, so that an answer from two authorities can be seen.
/// </summary>
internal static class DemoCounty
{
    public static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    public static readonly OdsCode Neighbour = OdsCode.Parse("XBR02");

    public static SyntheticPopulation Register(DateOnly today) =>
        new()
        {
            Authority = Authority,
            Today = today,
            Seed = 721,
            FirstStem = 100_000,
            OnPlan = 721,
            LookedAfter = 1_033,
            Unborn = 36,
            EndedLately = 180,
            EndedLongAgo = 40,
        };

    /// <summary>Begins within the same NHS numbers, so that some children are held by both.</summary>
    public static SyntheticPopulation NeighboursRegister(DateOnly today) =>
        new()
        {
            Authority = Neighbour,
            Today = today,
            Seed = 721,
            FirstStem = 102_150,
            OnPlan = 60,
            LookedAfter = 90,
            Unborn = 4,
            EndedLately = 20,
        };
}
