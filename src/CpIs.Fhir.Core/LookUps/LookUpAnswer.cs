using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>What a look-up found, after its occurrence has become durable.</summary>
/// <param name="Request">As it was asked.</param>
/// <param name="Asked">As it was understood.</param>
/// <param name="Occurrence">The durable record of this look-up.</param>
/// <param name="Plans">Visible plans that are shown; empty for a miss.</param>
/// <param name="History">The latest accesses, newest first; empty where no plan is visible.</param>
public sealed record LookUpAnswer(
    LookUpRequest Request,
    LookUpParameters Asked,
    Occurrence Occurrence,
    IReadOnlyList<VisiblePlan> Plans,
    IReadOnlyList<Occurrence> History
)
{
    /// <summary>What is shown of all protected plans together; null where none is visible.</summary>
    public ProtectedRecord? Protected { get; init; }
}
