using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Numbers of one Subscription that are passed over after a restore of an older copy (promise 4). Until the restore they may have been given; the
/// exchange no longer knows of what.
/// </summary>
/// <param name="First">The first of them; the one before it is the last that the copy knew.</param>
/// <param name="Last">The last of them; the next event gets the number after it.</param>
/// <param name="Told">When the store was told that it had been restored.</param>
public sealed record NumberingGap(
    [property: JsonPropertyName("f")] long First,
    [property: JsonPropertyName("l")] long Last,
    [property: JsonPropertyName("t")] DateTimeOffset Told
)
{
    /// <summary>The gaps of a Subscription as they are kept, oldest first; null for none.</summary>
    public static string? Write(IReadOnlyList<NumberingGap> gaps)
    {
        ArgumentNullException.ThrowIfNull(gaps);
        return gaps.Count == 0
            ? null
            : JsonSerializer.Serialize(gaps, NumberingGapJson.Default.IReadOnlyListNumberingGap);
    }

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<NumberingGap> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, NumberingGapJson.Default.IReadOnlyListNumberingGap)!;
}

[JsonSerializable(typeof(IReadOnlyList<NumberingGap>))]
internal sealed partial class NumberingGapJson : JsonSerializerContext;
