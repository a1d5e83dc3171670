using System.Globalization;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>What became of the records of a daily file, in numbers.</summary>
public sealed record DailyFileCounts
{
    /// <summary>Stored: something of them is new.</summary>
    [JsonPropertyName("l")]
    public int Loaded { get; init; }

    /// <summary>Known already, word for word.</summary>
    [JsonPropertyName("u")]
    public int Unchanged { get; init; }

    /// <summary>Older than what is held: nothing was changed.</summary>
    [JsonPropertyName("s")]
    public int Superseded { get; init; }

    /// <summary>Refused: nothing of them was stored.</summary>
    [JsonPropertyName("r")]
    public int Refused { get; init; }

    /// <summary>Records with a result.</summary>
    [JsonIgnore]
    public int Total => Loaded + Unchanged + Superseded + Refused;

    /// <summary>With one record more.</summary>
    public DailyFileCounts With(RecordEffect effect) =>
        effect switch
        {
            RecordEffect.Loaded => this with { Loaded = Loaded + 1 },
            RecordEffect.Unchanged => this with { Unchanged = Unchanged + 1 },
            RecordEffect.Superseded => this with { Superseded = Superseded + 1 },
            _ => this with { Refused = Refused + 1 },
        };

    /// <summary>For the audit and the log: numbers alone.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Total} records: {Loaded} loaded, {Unchanged} unchanged, {Superseded} superseded, {Refused} refused"
        );
}
