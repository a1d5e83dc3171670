using CpIs.Fhir.Core;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>Whom the look-ups of a bench ask for: known children in a given share, else nobody.</summary>
/// <param name="hits">Children of whom a plan is shown.</param>
/// <param name="ratio">Share of hits, 0 to 1.</param>
internal sealed class LookUpMix(IReadOnlyList<NhsNumber> hits, double ratio)
{
    private static readonly byte[] Match = "\"match\""u8.ToArray();
    private readonly HashSet<NhsNumber> _known = [.. hits];

    /// <summary>Children of whom a plan is shown.</summary>
    public IReadOnlyList<NhsNumber> Hits => hits;

    /// <summary>
    /// Where in the test range (<see cref="SyntheticNhsNumbers.OfStem"/>) those begin of whom nothing is held; 0 where most of the
    /// range is nobody's.
    /// </summary>
    public int FirstNobody { get; init; }

    /// <summary>The next child, and whether a plan must be shown.</summary>
    public (NhsNumber Child, bool IsHit) Next(Random random)
    {
        if (hits.Count > 0 && random.NextDouble() < ratio)
            return (hits[random.Next(hits.Count)], true);
        while (true)
            if (
                SyntheticNhsNumbers.OfStem(random.Next(FirstNobody, 1_000_000)) is { } nobody
                && !_known.Contains(nobody)
            )
                return (nobody, false);
    }

    /// <summary>A fast answer is worth nothing when it is wrong: a known child must come with a plan.</summary>
    public static (long Units, string? Error) Judge(ReadOnlyMemory<byte> body, bool isHit) =>
        isHit && body.Span.IndexOf(Match) < 0 ? (0, "hit without a plan") : (1, null);
}
