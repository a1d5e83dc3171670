using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A plan that a full file names in a record that was refused: it was sent, so it is not missing.</summary>
/// <param name="PlanId">The plan id.</param>
/// <param name="Form">What the position counts.</param>
/// <param name="Number">Where the record is in the file.</param>
/// <param name="IsHeld">True where the plan is held, as it was before the file.</param>
public sealed record RefusedPlan(
    [property: JsonPropertyName("i")] string PlanId,
    [property: JsonPropertyName("f")] RecordForm Form,
    [property: JsonPropertyName("n")] int Number,
    [property: JsonPropertyName("h")] bool IsHeld
)
{
    /// <summary>Where the record is in the file.</summary>
    [JsonIgnore]
    public RecordPosition Position => new(Form, Number);
}
