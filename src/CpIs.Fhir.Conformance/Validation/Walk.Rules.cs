using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Invariants: each rule once on each element. One that comes to nothing (an element that it asks for is not there) is not broken: what is
/// missing is told by cardinality, and rules of R4 rely on it (bdl-8 of an entry without fullUrl).
/// </summary>
internal sealed partial class Walk
{
    private HashSet<(FhirNode, Constraint)>? _ran;

    /// <summary>
    /// What the profile demands of an element, then what its type does. When a rule of the profile is broken, the type's are not told besides:
    /// they say the same in general (per-1 next to a profile's own rule about its period).
    /// </summary>
    private void Rules(FhirNode node, ElementSchema element, TypeSchema? type, int errorsBefore)
    {
        var before = sink.Errors;
        Rules(node, element.Constraints, errorsBefore);
        if (type is not null && sink.Errors == before)
            Rules(
                node,
                type.Constraints,
                errorsBefore,
                Array.Exists(element.Constraints, own => own.OfCore is not null)
            );
    }

    /// <param name="node">The element.</param>
    /// <param name="constraints">The rules.</param>
    /// <param name="errorsBefore">How many errors there were before the element.</param>
    /// <param name="isDecided">True where a rule of Core has judged the element: it knows more than FHIRPath (London days), so a rule that comes to nothing adds nothing.</param>
    private void Rules(FhirNode node, Constraint[] constraints, int errorsBefore, bool isDecided = false)
    {
        if (!run.Options.RunInvariants)
            return;
        foreach (var constraint in constraints)
        {
            if (sink.IsDone)
                return;
            if (constraint.OfCore is { } rule)
            {
                if (rule(node) is { } fault)
                    ReportBroken(node, constraint, fault);
                continue;
            }

            if (constraint.Model.IsBestPractice && !run.Options.ShowAdvice)
                continue;
            if (constraint.Known is { } holds)
            {
                if (!holds(node))
                    ReportBroken(node, constraint);
                continue;
            }

            if (!(_ran ??= []).Add((node, constraint)))
                continue;
            if (constraint.Path is { } path && path.TryJudge(run.Frame, node, out var verdict))
            {
                Judge(node, constraint, verdict, !isDecided && sink.Errors == errorsBefore);
            }
            else
                Evaluate(node, constraint, errorsBefore, isDecided);
        }
    }

    /// <summary>Leaves it to the SDK's engine.</summary>
    private void Evaluate(FhirNode node, Constraint constraint, int errorsBefore, bool isDecided)
    {
        if (constraint.Expression is not { } expression)
        {
            if (constraint.Model.Expression is not null)
                ReportUnevaluated(node, constraint, "its expression is not supported");
            return;
        }

        var verdict = run.Evaluation.Evaluate(expression, node, out var problem);
        if (problem is null)
            Judge(node, constraint, verdict, !isDecided && sink.Errors == errorsBefore);
        else if (sink.Errors == errorsBefore) // else what is wrong below is why
            ReportUnevaluated(node, constraint, problem);
    }

    private void Judge(FhirNode node, Constraint constraint, bool? verdict, bool isOpen)
    {
        if (verdict == false)
            ReportBroken(node, constraint);
        else if (verdict is null && constraint.MustComeOutTrue && isOpen)
            ReportBroken(
                node,
                constraint,
                "It is unclear whether the period starts before it ends: only one of start and end says more than the day, month or year. Write both in the same form."
            );
    }
}
