using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Invariants: each rule once on each element.</summary>
internal sealed partial class Walk
{
    private HashSet<(FhirNode, Constraint)>? _ran;

    private void Rules(FhirNode node, Constraint[] constraints, int errorsBefore)
    {
        if (!run.Options.RunInvariants)
            return;
        foreach (var constraint in constraints)
        {
            if (sink.IsDone)
                return;
            if (constraint.Model.IsBestPractice && !run.Options.ShowAdvice)
                continue;
            if (constraint.Known is { } known && known(node) is { } holds)
            {
                if (!holds)
                    ReportBroken(node, constraint);
                continue;
            }

            if (constraint.Expression is not { } expression)
            {
                if (constraint.Model.Expression is not null)
                    ReportUnevaluated(node, constraint, "its expression is not understood");
                continue;
            }

            if (!(_ran ??= []).Add((node, constraint)))
                continue;
            var verdict = run.Evaluation.Evaluate(expression, node, out var problem);
            if (verdict == false)
                ReportBroken(node, constraint);
            else if (verdict is null && sink.Errors == errorsBefore)
                // Nothing came out. Where something below is wrong already, that is why; else the rule does not hold (R4: "evaluates to true").
                if (problem is null)
                    ReportBroken(node, constraint);
                else
                    ReportUnevaluated(node, constraint, problem);
        }
    }
}
