using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>What an authority has not been told of, as the operator sees it: ages and counts, and no child.</summary>
/// <param name="Authority">ODS code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Untold">How many notices.</param>
/// <param name="Oldest">When the oldest of these children was looked up; null where the exchange did not say.</param>
/// <param name="AsOf">When the list was read.</param>
internal sealed record WaitingAuthority(
    string Authority,
    string Name,
    long Untold,
    DateTimeOffset? Oldest,
    DateTimeOffset AsOf
) : IWaiting
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["Oldest", "Authority", "Name", "Untold"];

    /// <inheritdoc />
    public IEnumerable<string> Keys => [$"{Authority}/{Untold}/{Oldest}"];

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Oldest is { } oldest ? Age.Of(AsOf - oldest) : "",
            Authority,
            Name,
            Untold.ToString("N0", CultureInfo.InvariantCulture),
        ];

    /// <summary>Reads the parameter.</summary>
    public static WaitingAuthority Of(JsonElement authority, DateTimeOffset asOf) =>
        new(
            authority.Value("organisation").Text("value") ?? "",
            authority.ValueText("name") ?? "",
            authority.ValueNumber("untold") ?? 0,
            authority.ValueTime("oldestUntold"),
            asOf
        );

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["authority"] = Authority,
            ["name"] = Name,
            ["untold"] = Untold,
            ["oldestUntold"] = Oldest is { } oldest ? Instant.Text(oldest) : null,
            ["ageSeconds"] = Oldest is { } since ? (long)(AsOf - since).TotalSeconds : null,
            ["asOf"] = Instant.Text(AsOf),
        };
}
