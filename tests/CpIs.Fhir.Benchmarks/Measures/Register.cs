using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Core;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>
/// Synthetic children of as many authorities as it takes, 10,000 to each. The test range has 909,091 NHS numbers, and some
/// must stay nobody's: beyond 800,000 children, numbers are held by a second authority, as those of children who moved are.
/// </summary>
internal sealed class Register
{
    private const int OfOneAuthority = 10_000;

    // Of 11 stems 10 make a number; a few more, so that two neighbours never meet.
    private const int StemsOfOneAuthority = 11_050;
    private const int AuthoritiesOfOneRound = 80;
    private const int FirstNobody = AuthoritiesOfOneRound * StemsOfOneAuthority;

    public Register(int children, DateOnly today)
    {
        Children = children;
        Authorities =
        [
            .. Enumerable
                .Range(0, (children + OfOneAuthority - 1) / OfOneAuthority)
                .Select(i =>
                    SyntheticPopulation.OfCounty(
                        OdsCode.Parse(i == 0 ? "XHF01" : $"XB{i:D3}"),
                        Math.Min(OfOneAuthority, children - i * OfOneAuthority),
                        today,
                        seed: i + 1
                    ) with
                    {
                        FirstStem = i % AuthoritiesOfOneRound * StemsOfOneAuthority,
                    }
                ),
        ];
        Visible = [.. Authorities.SelectMany(PopulationCommand.Visible).Distinct()];
    }

    /// <summary>How many.</summary>
    public int Children { get; }

    /// <summary>By authority; the first is the one whose client the examples hold.</summary>
    public IReadOnlyList<SyntheticPopulation> Authorities { get; }

    /// <summary>Of whom a look-up shows a plan.</summary>
    public IReadOnlyList<NhsNumber> Visible { get; }

    /// <summary>Look-ups of whom a share is visible and of the rest nothing is held.</summary>
    public LookUpMix Mix(double hitRatio) => new(Visible, hitRatio) { FirstNobody = FirstNobody };
}
