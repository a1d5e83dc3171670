using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>That somebody asked to end what a full file leaves out, and how far it is.</summary>
public sealed record MissingEnding
{
    /// <summary>When.</summary>
    [JsonPropertyName("t")]
    public required DateTimeOffset Asked { get; init; }

    /// <summary>The client.</summary>
    [JsonPropertyName("ci")]
    public required string ClientId { get; init; }

    /// <summary>Who, where the token named a person.</summary>
    [JsonPropertyName("pe")]
    public Person? By { get; init; }

    /// <summary>The second person; null where none was needed.</summary>
    [JsonPropertyName("pa")]
    public Person? ApprovedBy { get; init; }

    /// <summary>The request.</summary>
    [JsonPropertyName("ri")]
    public required string RequestId { get; init; }

    /// <summary>For the audit.</summary>
    [JsonPropertyName("co")]
    public string? CorrelationId { get; init; }

    /// <summary>Slices of the report that are done.</summary>
    [JsonPropertyName("d")]
    public int SlicesDone { get; init; }

    /// <summary>What became of the plans so far: those that ended count as loaded.</summary>
    [JsonPropertyName("c")]
    public DailyFileCounts Counts { get; init; } = new();

    /// <summary>When the last one was done; null before.</summary>
    [JsonPropertyName("e")]
    public DateTimeOffset? Ended { get; init; }
}
