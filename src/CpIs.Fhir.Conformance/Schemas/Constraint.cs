using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.FhirPath;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Uploads;
using Hl7.FhirPath;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>
/// An invariant, compiled: the same object for the same rule wherever definitions repeat it, so that it runs once on each element.
/// </summary>
internal sealed class Constraint(
    ConstraintModel model,
    string profile,
    Lazy<CompiledPath?> path,
    Lazy<CompiledExpression?> expression
)
{
    public ConstraintModel Model => model;

    public string Key => model.Key;

    /// <summary>Canonical of the definition that states the rule.</summary>
    public string Profile => profile;

    /// <summary>
    /// True for per-1: a period whose start and end cannot be put in order (a day and a time on that day) breaks it, as HL7's validator and
    /// Firely's both say (ADR 0026).
    /// </summary>
    public bool MustComeOutTrue { get; } = model.Key == "per-1";

    /// <summary>The rule in code of our own, where we have it.</summary>
    public KnownConstraint? Known { get; } = KnownConstraints.Find(model.Expression);

    /// <summary>The rule as Core has it, where it is one of ours that Core knows: then its FHIRPath is not asked.</summary>
    public Func<ISentElement, string?>? OfCore { get; } =
        profile.StartsWith(FhirSystems.Own + "/", StringComparison.Ordinal) ? ValueRules.Find(model.Key) : null;

    /// <summary>The FHIRPath, to run on the source itself; null when it has parts that only the SDK's engine knows.</summary>
    public CompiledPath? Path => path.Value;

    /// <summary>The FHIRPath for the SDK's engine; null when there is none or it cannot be compiled.</summary>
    public CompiledExpression? Expression => expression.Value;

    public bool IsSame(ConstraintModel other) => other.Key == model.Key && other.Expression == model.Expression;
}
