using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Holdings;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>An open plan that a full file does not name, as it was when the report was made.</summary>
public sealed record MissingPlan
{
    /// <summary>The authority's plan id.</summary>
    [JsonPropertyName("i")]
    public required string PlanId { get; init; }

    /// <summary>The authority's own id of the person; null where it gave none.</summary>
    [JsonPropertyName("l")]
    public string? LocalId { get; init; }

    /// <summary>Which of the statuses.</summary>
    [JsonPropertyName("t")]
    public required PlanType Type { get; init; }

    /// <summary>First day, as it was sent.</summary>
    [JsonPropertyName("s")]
    public required string Start { get; init; }

    /// <summary>Last day or due date, as it was sent; null where it has none.</summary>
    [JsonPropertyName("e")]
    public string? End { get; init; }

    /// <summary>True for a plan of a family in flight.</summary>
    [JsonPropertyName("x")]
    public bool IsProtected { get; init; }

    /// <summary>Time of the upload that last wrote or confirmed it.</summary>
    [JsonPropertyName("c")]
    public required DateTimeOffset Confirmed { get; init; }

    /// <summary>Whose plan: ten digits. Never shown.</summary>
    [JsonPropertyName("n")]
    public required string Child { get; init; }

    /// <summary>Id of the child's Patient.</summary>
    [JsonPropertyName("p")]
    public required string PatientId { get; init; }

    /// <summary>What is ended, and nothing that came later.</summary>
    [JsonPropertyName("v")]
    [JsonInclude]
    internal HeldVersion Held { get; init; } = null!;

    internal static MissingPlan Of(HeldChild child, StoredResource episode)
    {
        var plan = UploadSnapshot.ReadPlan(episode);
        return new MissingPlan
        {
            PlanId = plan.PlanId,
            LocalId = UploadSnapshot.ReadPatient(child.Patient).LocalId,
            Type = plan.Type,
            Start = plan.Start.Text,
            End = plan.End?.Text,
            IsProtected = plan.IsProtected,
            Confirmed = Turns.StampOf(episode).Time,
            Child = plan.Child.Digits,
            PatientId = child.Patient.Id,
            Held = new HeldVersion(episode.Id, episode.Version, episode.Stamp),
        };
    }

    /// <summary>The record that ends it: what a case system would send. Its mark is left out, so it stays as it is.</summary>
    /// <param name="position">Where it is in the report.</param>
    /// <param name="day">Its last day.</param>
    /// <param name="writer">Writes it.</param>
    internal DailyRecord ToEnd(RecordPosition position, DateOnly day, ResourceWriter writer)
    {
        var plan = new PlanContent(
            PlanId,
            Type,
            PlanStatus.Finished,
            NhsNumber.Parse(Child),
            PlanDay.Parse(Start)!,
            PlanDay.Parse(day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))
        );
        return new DailyRecord(position, [new DailyEntry(writer.Sent(plan, $"Patient/{PatientId}"))])
        {
            Expected = Held,
        };
    }
}
