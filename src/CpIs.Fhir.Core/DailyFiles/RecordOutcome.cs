using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>What became of a record, or of one plan in it.</summary>
public enum RecordEffect
{
    /// <summary>Nothing of it was stored.</summary>
    Refused,

    /// <summary>It was stored.</summary>
    Loaded,

    /// <summary>It was known already; only its stamp is newer.</summary>
    Unchanged,

    /// <summary>What is held is newer: nothing was changed.</summary>
    Superseded,
}

/// <summary>The verdict on a record in the national codes (CP-ISUploadRecordResponse; facts 2.4).</summary>
public enum RecordVerdict
{
    /// <summary>No match for the NHS number (national demographics alone say so).</summary>
    CPR01 = 1,

    /// <summary>The NHS number is of a sensitive record.</summary>
    CPR02,

    /// <summary>The NHS number was not verified.</summary>
    CPR03,

    /// <summary>The NHS number is no NHS number.</summary>
    CPR04,

    /// <summary>The NHS number was superseded.</summary>
    CPR05,

    /// <summary>Success.</summary>
    CPR06,

    /// <summary>Not successful; the faults say why.</summary>
    CPR07,
}

/// <summary>A plan of a record, by the authority's plan id.</summary>
/// <param name="Id">The plan id.</param>
/// <param name="Effect">What became of it.</param>
public sealed record PlanOutcome(
    [property: JsonPropertyName("i")] string Id,
    [property: JsonPropertyName("e")] RecordEffect Effect
);

/// <summary>One thing that is wrong with a record, or that its sender should know.</summary>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>information</c>.</param>
/// <param name="Code">FHIR issue type.</param>
/// <param name="Rule">Id of the rule; null where it has none.</param>
/// <param name="Place">FHIRPath in the file (a Bundle) or in the line (NDJSON); in CSV row and column.</param>
/// <param name="Element">
/// The element, from its resource on, such as <c>EpisodeOfCare.period.end</c>, or in CSV the name of the column; null where it is none.
/// </param>
/// <param name="PlanId">The plan that it is about; null where it is about none.</param>
/// <param name="Text">What is wrong, what was found and what to do, in a sentence for a person.</param>
public sealed record RecordFault(
    [property: JsonPropertyName("s")] string Severity,
    [property: JsonPropertyName("c")] string Code,
    [property: JsonPropertyName("r")] string? Rule,
    [property: JsonPropertyName("p")] string? Place,
    [property: JsonPropertyName("e")] string? Element,
    [property: JsonPropertyName("i")] string? PlanId,
    [property: JsonPropertyName("t")] string Text
)
{
    /// <summary>In CSV the row that it is about, where that is known; else null.</summary>
    [JsonPropertyName("w")]
    public int? Row { get; init; }
}

/// <summary>What became of one record of a daily file, as it is kept and told. Nothing personal is in it but the authority's own ids.</summary>
public sealed record RecordOutcome
{
    /// <summary>What the position counts.</summary>
    [JsonPropertyName("f")]
    public required RecordForm Form { get; init; }

    /// <summary>Where it is in the file.</summary>
    [JsonPropertyName("n")]
    public required int Number { get; init; }

    /// <summary>The verdict in national codes.</summary>
    [JsonPropertyName("v")]
    public required RecordVerdict Verdict { get; init; }

    /// <summary>What became of it.</summary>
    [JsonPropertyName("e")]
    public required RecordEffect Effect { get; init; }

    /// <summary>The authority's own id of the person; null where none could be read.</summary>
    [JsonPropertyName("l")]
    public string? LocalId { get; init; }

    /// <summary>Its plans, as far as their ids could be read.</summary>
    [JsonPropertyName("p")]
    public IReadOnlyList<PlanOutcome> Plans { get; init; } = [];

    /// <summary>Everything that is wrong with it, and what else its sender should know.</summary>
    [JsonPropertyName("x")]
    public IReadOnlyList<RecordFault> Faults { get; init; } = [];

    /// <summary>Where it is in the file.</summary>
    [JsonIgnore]
    public RecordPosition Position => new(Form, Number);

    /// <summary>Where a fault of it is: in CSV a record may have several rows.</summary>
    public RecordPosition PositionOf(RecordFault? fault) => fault?.Row is { } row ? new(Form, row) : Position;
}
