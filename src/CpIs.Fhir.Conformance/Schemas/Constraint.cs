using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.FhirPath;
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

    /// <summary>The rule in code of our own, where we have it.</summary>
    public KnownConstraint? Known { get; } = KnownConstraints.Find(model.Expression);

    /// <summary>The FHIRPath, to run on the source itself; null when it has parts that only the SDK's engine knows.</summary>
    public CompiledPath? Path => path.Value;

    /// <summary>The FHIRPath for the SDK's engine; null when there is none or it cannot be compiled.</summary>
    public CompiledExpression? Expression => expression.Value;

    public bool IsSame(ConstraintModel other) => other.Key == model.Key && other.Expression == model.Expression;
}
