using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>The functions on collections.</summary>
internal static class PathFunctions
{
    public static PathExpression? Build(FunctionCallExpression call)
    {
        if (PathCompiler.Build(call.Focus) is not { } focus)
            return null;
        if (call.FunctionName is "ofType" or "as" or "is")
            return Typed(call, focus);
        var arguments = new List<PathExpression>();
        foreach (var argument in call.Arguments)
            if (PathCompiler.Build(argument) is { } built)
                arguments.Add(built);
            else
                return null;
        return arguments.Count switch
        {
            0 => WithoutArgument(call.FunctionName, focus) ?? Others(call, focus, arguments),
            1 when call.FunctionName == "intersect" => PathCompiler.Fixed(call.Arguments.First()) is { } path
                ? Whole(focus, (frame, items, into) => Intersect(items, path, frame, into))
                : Sets(focus, arguments[0], Intersect),
            1 => WithArgument(call.FunctionName, focus, arguments[0]) ?? Others(call, focus, arguments),
            // (On a collection iif is left to the SDK's engine.)
            _ when call is { FunctionName: "iif", Focus: AxisExpression } => Iif(arguments),
            _ when call.FunctionName == "trace" => focus,
            _ => Others(call, focus, arguments),
        };
    }

    private static PathExpression? Others(
        FunctionCallExpression call,
        PathExpression focus,
        List<PathExpression> arguments
    ) => PathTexts.Build(call, focus, arguments) ?? PathDefinitions.Build(call, focus, arguments);

    private static PathExpression? WithoutArgument(string name, PathExpression focus) =>
        name switch
        {
            "exists" => Whole(focus, (_, items, into) => into.Add(PathItem.Of(items.Count > 0))),
            "empty" => Whole(focus, (_, items, into) => into.Add(PathItem.Of(items.Count == 0))),
            "count" => Whole(focus, (_, items, into) => into.Add(PathItem.Of(items.Count))),
            "not" => Whole(focus, (frame, items, into) => PathTruth.Add(into, !PathTruth.Of(items, frame))),
            "first" => Whole(focus, (_, items, into) => Range(items, 0, Math.Min(1, items.Count), into)),
            "last" => Whole(focus, (_, items, into) => Range(items, Math.Max(0, items.Count - 1), items.Count, into)),
            "tail" => Whole(focus, (_, items, into) => Range(items, 1, items.Count, into)),
            "distinct" => Whole(focus, (_, items, into) => PathEquality.Distinct(items, into)),
            "isDistinct" => Whole(
                focus,
                (_, items, into) => into.Add(PathItem.Of(PathEquality.Keys(items).Count == items.Count))
            ),
            "hasValue" => Whole(
                focus,
                (_, items, into) => into.Add(PathItem.Of(items.Count == 1 && items[0].Node?.Value is not null))
            ),
            "allTrue" => Whole(focus, (frame, items, into) => into.Add(PathItem.Of(AllTrue(frame, items)))),
            "children" => Whole(focus, (frame, items, into) => Inside(frame, items, into, false)),
            "descendants" => Whole(focus, (frame, items, into) => Inside(frame, items, into, true)),
            _ => null,
        };

    private static PathExpression? WithArgument(string name, PathExpression focus, PathExpression argument) =>
        name switch
        {
            "where" => Where(focus, argument),
            "exists" => Find(focus, argument, wanted: true, whenFound: true),
            "all" => Find(focus, argument, wanted: false, whenFound: false),
            "select" => Select(focus, argument),
            "subsetOf" => Sets(
                focus,
                argument,
                (one, other, into) => into.Add(PathItem.Of(PathEquality.Keys(one).IsSubsetOf(PathEquality.Keys(other))))
            ),
            "supersetOf" => Sets(
                focus,
                argument,
                (one, other, into) =>
                    into.Add(PathItem.Of(PathEquality.Keys(one).IsSupersetOf(PathEquality.Keys(other))))
            ),
            "trace" => focus,
            "extension" => Extension(focus, argument),
            _ => null,
        };

    /// <summary>A function of the collection as a whole.</summary>
    internal static PathExpression Whole(PathExpression focus, Action<PathFrame, PathItems, PathItems> function) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            focus(frame, it, items);
            function(frame, items, into);
            frame.Return(items);
        };

    private static PathExpression Where(PathExpression focus, PathExpression criteria) =>
        Whole(
            focus,
            (frame, items, into) =>
            {
                foreach (ref readonly var item in items.Span)
                    if (PathTruth.Of(criteria, frame, item) == true)
                        into.Add(item);
            }
        );

    /// <summary>Looks for the first item of which the criteria are true or, of <c>all</c>, are not.</summary>
    private static PathExpression Find(PathExpression focus, PathExpression criteria, bool wanted, bool whenFound) =>
        Whole(
            focus,
            (frame, items, into) =>
            {
                var result = !whenFound;
                foreach (ref readonly var item in items.Span)
                    if (PathTruth.Of(criteria, frame, item) == true == wanted)
                    {
                        result = whenFound;
                        break;
                    }

                into.Add(PathItem.Of(result));
            }
        );

    private static PathExpression Select(PathExpression focus, PathExpression projection) =>
        Whole(
            focus,
            (frame, items, into) =>
            {
                foreach (ref readonly var item in items.Span)
                    projection(frame, item, into);
            }
        );

    private static PathExpression Sets(
        PathExpression focus,
        PathExpression argument,
        Action<PathItems, PathItems, PathItems> function
    ) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (one, other) = (frame.Rent(), frame.Rent());
            focus(frame, it, one);
            argument(frame, it, other);
            function(one, other, into);
            frame.Return(one);
            frame.Return(other);
        };

    private static void Intersect(PathItems one, PathItems other, PathItems into)
    {
        if (one.Count == 0 || other.Count == 0)
            return;
        var keys = PathEquality.Keys(other);
        foreach (ref readonly var item in one.Span)
            if (keys.Remove(item.Key))
                into.Add(item);
    }

    private static void Intersect(PathItems one, FixedPath other, PathFrame frame, PathItems into)
    {
        // (A fixed part asks nothing of the item.)
        var keys = other.Of(frame, default).Keys;
        var seen = new HashSet<string>();
        foreach (ref readonly var item in one.Span)
            if (keys.Contains(item.Key) && seen.Add(item.Key))
                into.Add(item);
    }

    private static PathExpression Extension(PathExpression focus, PathExpression url) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (items, wanted) = (frame.Rent(), frame.Rent());
            focus(frame, it, items);
            url(frame, it, wanted);
            foreach (ref readonly var item in items.Span)
            foreach (var child in item.Node?.Nodes ?? [])
                if (child.Name == "extension" && wanted.Count == 1 && child.Text("url") == wanted[0].Text)
                    into.Add(PathItem.Of(child, frame));
            frame.Return(items);
            frame.Return(wanted);
        };

    private static PathExpression Iif(List<PathExpression> arguments) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            if (PathTruth.Of(arguments[0], frame, it) == true)
                arguments[1](frame, it, into);
            else if (arguments.Count > 2)
                arguments[2](frame, it, into);
        };

    private static PathExpression? Typed(FunctionCallExpression call, PathExpression focus)
    {
        if (call.Arguments.ToList() is not [ConstantExpression { Value: string type }])
            return null;
        var asks = call.FunctionName == "is";
        return Whole(
            focus,
            (frame, items, into) =>
            {
                foreach (ref readonly var item in items.Span)
                    if (PathSteps.Is(item, type) is not { } answer)
                        frame.GiveUp();
                    else if (asks)
                        into.Add(PathItem.Of(answer));
                    else if (answer)
                        into.Add(item);
            }
        );
    }

    private static bool AllTrue(PathFrame frame, PathItems items)
    {
        foreach (ref readonly var item in items.Span)
            if (item.Kind != PathKind.Boolean)
                frame.GiveUp();
            else if (!item.IsTrue)
                return false;
        return true;
    }

    private static void Range(PathItems items, int from, int to, PathItems into)
    {
        for (var at = from; at < to; at++)
            into.Add(items[at]);
    }

    private static void Inside(PathFrame frame, PathItems items, PathItems into, bool deep)
    {
        foreach (ref readonly var item in items.Span)
            if (item.Node is { } node)
                PathSteps.All(frame, node, into, deep);
    }
}
