using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// A status that CP-IS holds, with everything that the rules need to know of it. The rows are in <see cref="PlanTypes"/>;
/// no rule asks which type a plan has, it asks for one of these properties.
/// </summary>
[JsonConverter(typeof(PlanTypeJson))]
public sealed class PlanType
{
    /// <summary>As stores keep it. Never change one: records from before would not be read.</summary>
    public required string Name { get; init; }

    /// <summary>SNOMED CT concept id.</summary>
    public required string Code { get; init; }

    /// <summary>What a clinician reads: the preferred term of <see cref="Code"/>.</summary>
    public required string Display { get; init; }

    /// <summary>What people write for short, where they do (CSV).</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Days for which a plan is shown after its last day, inclusive (facts 2.6 and 3.4).</summary>
    public required int DaysAfterEnd { get; init; }

    /// <summary>
    /// Age in years from whose birthday, 00:00 London, the plan is hidden; null where no age hides it, because its
    /// subject is the mother.
    /// </summary>
    public required int? HiddenFromAge { get; init; }

    /// <summary>
    /// True where the end of an active plan is the expected date of delivery: it is required, and may lie in the past until
    /// the birth is known.
    /// </summary>
    public required bool EndIsDueDate { get; init; }

    /// <summary>
    /// Days before the birth of the child at which a plan may start; null where its subject is the mother. A start before birth
    /// is told even so.
    /// </summary>
    public required int? DaysBeforeBirth { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
