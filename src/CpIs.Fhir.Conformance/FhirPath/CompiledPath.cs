using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>A step of an expression: from one item to a collection.</summary>
/// <param name="frame">What is available.</param>
/// <param name="it">The item that the expression is about (<c>$this</c>).</param>
/// <param name="into">Takes the result.</param>
internal delegate void PathExpression(PathFrame frame, in PathItem it, PathItems into);

/// <summary>
/// An invariant compiled to run on the tree of the source itself. It does the part of FHIRPath that invariants are made of, and nothing
/// by guess: whatever else is in an expression leaves the whole to the SDK's engine. (A test has both judge the same resources.)
/// </summary>
internal sealed class CompiledPath(PathExpression expression)
{
    /// <summary>Whether the expression holds.</summary>
    /// <param name="frame">Used again from evaluation to evaluation.</param>
    /// <param name="node">The element that it is about.</param>
    /// <param name="verdict">True, false, or null for an empty result.</param>
    /// <returns>False when it could not be judged here.</returns>
    public bool TryJudge(PathFrame frame, FhirNode node, out bool? verdict)
    {
        frame.Begin(node);
        var result = frame.Rent();
        expression(frame, PathItem.Of(node, frame), result);
        verdict = PathTruth.Of(result, frame);
        frame.Return(result);
        return !frame.HasGivenUp;
    }
}
