using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Synthetic;

/// <summary>A child (or a mother) who does not exist, as one authority would know them.</summary>
/// <param name="NhsNumber">From the test range.</param>
/// <param name="LocalId">The authority's person id.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">One or two given names.</param>
/// <param name="BirthDate">Date of birth.</param>
/// <param name="Plans">One or two plans.</param>
public sealed record SyntheticChild(
    NhsNumber NhsNumber,
    string LocalId,
    string Family,
    IReadOnlyList<string> Given,
    DateOnly BirthDate,
    IReadOnlyList<SyntheticPlan> Plans
);

/// <summary>A plan of a synthetic child.</summary>
/// <param name="PlanId">The authority's plan id.</param>
/// <param name="Type">Which of the three.</param>
/// <param name="Status">Active or finished.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day, or the expected date of delivery.</param>
public sealed record SyntheticPlan(string PlanId, PlanType Type, PlanStatus Status, DateOnly Start, DateOnly? End);
