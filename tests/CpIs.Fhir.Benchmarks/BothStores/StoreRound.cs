using System.Text.Json.Nodes;

namespace CpIs.Fhir.Benchmarks.BothStores;

/// <summary>What <c>bench</c> said of one store in one round.</summary>
/// <param name="Store">Which.</param>
/// <param name="FloorPhase">The phase that is its floor.</param>
/// <param name="Phases">Its objects, by phase.</param>
/// <param name="ServerBytes">Resident memory of the server at the end.</param>
internal sealed record StoreRound(
    string Store,
    string FloorPhase,
    IReadOnlyDictionary<string, JsonNode> Phases,
    long ServerBytes
)
{
    /// <summary>Units per second.</summary>
    public double Rate(string phase) => Phases[phase]["perSecond"]!.GetValue<double>();

    /// <summary>Milliseconds.</summary>
    public double Latency(string phase, string which) => Phases[phase][which]!.GetValue<double>();

    /// <summary>Everything that went wrong, in all phases.</summary>
    public IEnumerable<string> Errors =>
        Phases.SelectMany(phase =>
            phase.Value["errors"]!.AsObject().Select(error => $"{phase.Key}: {error.Key} x{error.Value}")
        );
}
