using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>Compiles what the SDK has parsed. Null wherever an expression has a part that is left to the SDK's engine.</summary>
internal static class PathCompiler
{
    public static CompiledPath? Compile(Expression expression) =>
        Build(expression) is { } built ? new CompiledPath(built) : null;

    internal static PathExpression? Build(Expression expression) =>
        Fixed(expression) is { } path ? path.Evaluate : BuildAny(expression);

    /// <summary>The expression where it is the same for every item; null where it is not, or cannot be compiled.</summary>
    internal static FixedPath? Fixed(Expression expression) =>
        FixedPath.Is(expression) && BuildAny(expression) is { } built ? new FixedPath(built) : null;

    private static PathExpression? BuildAny(Expression expression) =>
        expression switch
        {
            IdentifierExpression => null,
            ConstantExpression constant => Constant(constant.Value),
            BracketExpression bracket => Build(bracket.Operand),
            NewNodeListInitExpression => (PathFrame _, in PathItem _, PathItems _) => { },
            AxisExpression { AxisName: "that" or "this" } => (PathFrame _, in PathItem it, PathItems into) =>
                into.Add(it),
            AxisExpression => null,
            VariableRefExpression variable => Variable(variable.Name),
            ChildExpression child => Child(child),
            IndexerExpression indexer => Indexer(indexer),
            BinaryExpression binary => PathOperators.Build(binary),
            UnaryExpression => null,
            FunctionCallExpression call => PathFunctions.Build(call),
            _ => null,
        };

    private static PathExpression? Constant(object? value)
    {
        PathItem? item = value switch
        {
            string text => PathItem.Of(text),
            bool truth => PathItem.Of(truth),
            int whole => PathItem.Of(whole),
            long large => PathItem.Of(large),
            decimal number => PathItem.Of(number),
            _ => null,
        };
        return item is { } made ? (PathFrame _, in PathItem _, PathItems into) => into.Add(made) : null;
    }

    private static PathExpression? Variable(string name) =>
        name switch
        {
            "resource" => (frame, in _, into) => into.Add(PathItem.Of(frame.Resource, frame)),
            "rootResource" => (frame, in _, into) => into.Add(PathItem.Of(frame.Container, frame)),
            "context" => (frame, in _, into) => into.Add(PathItem.Of(frame.Focus, frame)),
            "sct" => Constant("http://snomed.info/sct"),
            "loinc" => Constant("http://loinc.org"),
            "ucum" => Constant("http://unitsofmeasure.org"),
            _ => null,
        };

    private static PathExpression? Child(ChildExpression child)
    {
        var name = child.ChildName;
        // A type name at the start of an expression names the element itself.
        if (char.IsUpper(name[0]))
            return null;
        if (child.Focus is AxisExpression { AxisName: "that" or "this" })
            return (PathFrame frame, in PathItem it, PathItems into) => PathSteps.Children(frame, it, name, into);
        if (child.Focus is FunctionCallExpression { FunctionName: "type" } && name is "name" or "namespace")
            return PathDefinitions.Type((FunctionCallExpression)child.Focus, name);
        if (Build(child.Focus) is not { } focus)
            return null;
        return (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            focus(frame, it, items);
            foreach (ref readonly var item in items.Span)
                PathSteps.Children(frame, item, name, into);
            frame.Return(items);
        };
    }

    private static PathExpression? Indexer(IndexerExpression indexer)
    {
        if (indexer.Index is not ConstantExpression { Value: int at } || Build(indexer.Focus) is not { } focus)
            return null;
        return (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            focus(frame, it, items);
            if (at < items.Count)
                into.Add(items[at]);
            frame.Return(items);
        };
    }
}
