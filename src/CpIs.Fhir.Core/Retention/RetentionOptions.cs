using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Core.Retention;

/// <summary>
/// How long things are kept: section <c>Retention</c> of <c>fhir.config.json</c>, in days. What stands for null is kept for
/// ever. No law or standard tells for how long a record of CP-IS or an access is kept (facts 2.9), so neither is removed
/// unless the data controller says when (docs/adr/0021).
/// </summary>
public sealed record RetentionOptions : IValidatableObject
{
    /// <summary>
    /// The least of <see cref="RecordsAfterDays"/>. An upload renews a Patient that it adds a plan to well before that, so
    /// that no Patient is removed under a plan that is just being stored.
    /// </summary>
    public const int LeastRecordDays = 30;

    /// <summary>The least of <see cref="EventsAfterDays"/>: for so long an authority may ask again for what it was told.</summary>
    public const int LeastEventDays = 90;

    /// <summary>
    /// Days after the last day on which a plan can be shown until it is removed with its Flag and all their versions, and
    /// with the last plan its Patient. Default null: kept.
    /// </summary>
    [Range(LeastRecordDays, 36_500)]
    public int? RecordsAfterDays { get; init; }

    /// <summary>
    /// Days until an occurrence (an access, an upload, an act of an operator) is removed, and with it leaves the access
    /// history. One of which an authority is still to be notified stays. Default null: kept.
    /// </summary>
    [Range(LeastEventDays, 36_500)]
    public int? OccurrencesAfterDays { get; init; }

    /// <summary>
    /// Days until a version of a resource that has been superseded is removed; the current one stays. Default null: kept.
    /// </summary>
    [Range(1, 36_500)]
    public int? VersionsAfterDays { get; init; }

    /// <summary>
    /// Days after its delivery until an event of a Subscription is removed, that is its number and to which accesses it
    /// refers; not the accesses. Default 365; null: kept. At most <see cref="OccurrencesAfterDays"/>, so that no event refers to
    /// an access that is gone.
    /// </summary>
    [Range(LeastEventDays, 36_500)]
    public int? EventsAfterDays { get; init; } = 365;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OccurrencesAfterDays is { } occurrences && (EventsAfterDays is null || EventsAfterDays > occurrences))
            yield return new ValidationResult(
                $"An event refers to occurrences, so it cannot be kept longer than they are. Give at most {occurrences}.",
                [nameof(EventsAfterDays)]
            );
    }
}
