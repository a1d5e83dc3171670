using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// How a full file compares with what its authority holds: first which plans it named in records that were refused, then which open plans it
/// leaves out. Made a page at a time in the queue, so that it may be of any size and no server need remember anything; its rows are slices next to the file.
/// </summary>
public sealed record Reconciliation
{
    /// <summary>For how long after the report what is missing may be ended by it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>More than one in so many missing needs a second person: 5 %.</summary>
    private const int SecondPersonShare = 20;

    /// <summary>Records of the file whose results were looked at.</summary>
    [JsonPropertyName("n")]
    public int Results { get; init; }

    /// <summary>Id of the last Patient that was looked at; null before the first.</summary>
    [JsonPropertyName("a")]
    public string? After { get; init; }

    /// <summary>Slices of plans that were named in refused records.</summary>
    [JsonPropertyName("rs")]
    public IReadOnlyList<ReportSlice> RefusedSlices { get; init; } = [];

    /// <summary>Slices of plans that are missing.</summary>
    [JsonPropertyName("ms")]
    public IReadOnlyList<ReportSlice> MissingSlices { get; init; } = [];

    /// <summary>Plans that the file changed: new, or different from what was held.</summary>
    [JsonPropertyName("c")]
    public int Changed { get; init; }

    /// <summary>Plans named in refused records that are not held.</summary>
    [JsonPropertyName("rn")]
    public int NotHeld { get; init; }

    /// <summary>Plans named in refused records that are held as they were before.</summary>
    [JsonPropertyName("rh")]
    public int RefusedHeld { get; init; }

    /// <summary>Open plans that were held when the file had ended.</summary>
    [JsonPropertyName("h")]
    public int Held { get; init; }

    /// <summary>Of those, plans of which something newer than the file was said: nothing can be missed of them.</summary>
    [JsonPropertyName("w")]
    public int Newer { get; init; }

    /// <summary>When the report was whole; null before.</summary>
    [JsonPropertyName("e")]
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Open plans that the file does not name.</summary>
    [JsonPropertyName("m")]
    public int Missing { get; init; }

    /// <summary>Until when what is missing may be ended; null before the report is whole.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndsUntil => Ended + Life;

    /// <summary>True where one person alone may not end what is missing.</summary>
    [JsonIgnore]
    public bool NeedsSecondPerson => (long)Missing * SecondPersonShare > Held;
}

/// <summary>A slice of the report.</summary>
/// <param name="Batch">Under which it is kept: another for each try, so that two at once never mix.</param>
/// <param name="Rows">How many rows it has.</param>
public sealed record ReportSlice(
    [property: JsonPropertyName("b")] string Batch,
    [property: JsonPropertyName("n")] int Rows
);
