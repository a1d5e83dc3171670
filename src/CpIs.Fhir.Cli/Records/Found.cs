using System.Text.Json;

namespace CpIs.Fhir.Cli.Records;

/// <summary>One page of a search.</summary>
/// <param name="Resources">What was found, in the order of the exchange.</param>
/// <param name="Included">What these refer to, where it was asked for.</param>
/// <param name="Total">How many there are on all pages; null where the exchange does not say.</param>
internal sealed record Found(IReadOnlyList<JsonElement> Resources, IReadOnlyList<JsonElement> Included, int? Total);
