using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>
/// A part of an expression that is the same for every item: it begins with <c>%resource</c>, <c>%rootResource</c> or <c>%context</c>, and
/// asks nothing of <c>$this</c>. It is evaluated once in an evaluation. Within <c>all</c> or <c>where</c> a rule would take the square of the
/// time otherwise (sdf-8, ig-1, obs-7: more than a minute for a resource of 700 KB).
/// </summary>
internal sealed class FixedPath(PathExpression expression)
{
    /// <summary>What it comes to.</summary>
    public PathMemo Of(PathFrame frame, in PathItem it)
    {
        if (frame.Find(this) is { } known)
            return known;
        var memo = new PathMemo();
        expression(frame, it, memo.Items);
        frame.Keep(this, memo);
        return memo;
    }

    /// <summary>As any other step.</summary>
    public void Evaluate(PathFrame frame, in PathItem it, PathItems into)
    {
        foreach (ref readonly var item in Of(frame, it).Items.Span)
            into.Add(item);
    }

    /// <summary>True for such a part that is more than a variable or a constant.</summary>
    public static bool Is(Expression expression) =>
        expression switch
        {
            BracketExpression bracket => Is(bracket.Operand),
            ChildExpression child => StartsFixed(child.Focus),
            FunctionCallExpression call and not BinaryExpression and not UnaryExpression => StartsFixed(call.Focus)
                && call.Arguments.All(argument => argument is ConstantExpression),
            _ => false,
        };

    private static bool StartsFixed(Expression? focus) =>
        focus is VariableRefExpression { Name: "resource" or "rootResource" or "context" }
        || (focus is not null && Is(focus));
}
