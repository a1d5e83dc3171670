using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>What a look-up found, after its occurrence has become durable.</summary>
/// <param name="Request">As it was asked.</param>
/// <param name="Asked">As it was understood.</param>
/// <param name="Occurrence">The durable record of this look-up.</param>
/// <param name="Plans">Visible plans; empty for a miss.</param>
/// <param name="History">The latest accesses, newest first; empty where no plan is visible.</param>
public sealed record LookUpAnswer(
    LookUpRequest Request,
    LookUpParameters Asked,
    Occurrence Occurrence,
    IReadOnlyList<VisiblePlan> Plans,
    IReadOnlyList<Occurrence> History
);
