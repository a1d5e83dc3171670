using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

internal static class PathOperators
{
    public static PathExpression? Build(BinaryExpression binary)
    {
        // (The parser's own Left is the focus that every function has, and not the left side.)
        if (binary.Arguments.ToList() is not [var leftSide, var rightSide])
            return null;
        if (binary.Op is "is" or "as")
            return Typed(binary.Op, leftSide, rightSide);
        if (PathCompiler.Build(leftSide) is not { } left || PathCompiler.Build(rightSide) is not { } right)
            return null;
        return binary.Op switch
        {
            "and" => Logic(left, right, false, PathTruth.And),
            "or" => Logic(left, right, true, PathTruth.Or),
            "implies" => Logic(left, right, false, PathTruth.Implies),
            "xor" => Logic(left, right, null, PathTruth.Xor),
            "=" => Collections(left, right, (frame, one, other) => PathEquality.AreEqual(frame, one, other)),
            "!=" => Collections(left, right, (frame, one, other) => !PathEquality.AreEqual(frame, one, other)),
            "<" => Collections(left, right, (frame, one, other) => PathEquality.Compare(frame, one, other) < 0),
            "<=" => Collections(left, right, (frame, one, other) => PathEquality.Compare(frame, one, other) <= 0),
            ">" => Collections(left, right, (frame, one, other) => PathEquality.Compare(frame, one, other) > 0),
            ">=" => Collections(left, right, (frame, one, other) => PathEquality.Compare(frame, one, other) >= 0),
            "in" => Membership(left, PathCompiler.Fixed(rightSide), right),
            "contains" => Membership(right, PathCompiler.Fixed(leftSide), left),
            "|" => Union(left, right),
            "+" or "-" or "*" or "div" or "mod" => Arithmetic(left, right, binary.Op),
            "&" => Concatenation(left, right),
            _ => null,
        };
    }

    /// <summary>Logic that need not look at its right side when the left one decides.</summary>
    private static PathExpression Logic(
        PathExpression left,
        PathExpression right,
        bool? deciding,
        Func<bool?, bool?, bool?> combine
    ) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var one = PathTruth.Of(left, frame, it);
            PathTruth.Add(
                into,
                combine(one, one is not null && one == deciding ? null : PathTruth.Of(right, frame, it))
            );
        };

    private static PathExpression Collections(
        PathExpression left,
        PathExpression right,
        Func<PathFrame, PathItems, PathItems, bool?> compare
    ) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (one, other) = (frame.Rent(), frame.Rent());
            left(frame, it, one);
            right(frame, it, other);
            if (one.Count > 0 && other.Count > 0)
                PathTruth.Add(into, compare(frame, one, other));
            frame.Return(one);
            frame.Return(other);
        };

    /// <param name="one">What is looked for.</param>
    /// <param name="fixedMany">Among these, where they are the same for every item: then what is there is found at once.</param>
    /// <param name="many">Among these.</param>
    private static PathExpression Membership(PathExpression one, FixedPath? fixedMany, PathExpression many) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var item = frame.Rent();
            one(frame, it, item);
            if (item.Count > 1)
                frame.GiveUp();
            else // (The SDK's engine says of nothing that it is in no collection; by FHIRPath that would be empty.)
                into.Add(
                    PathItem.Of(
                        item.Count == 1
                            && (
                                fixedMany?.Of(frame, it).Keys.Contains(item[0].Key) == true
                                || !(fixedMany is not null && IsPlainText(item[0])) && IsAmong(frame, it, many, item[0])
                            )
                    )
                );
            frame.Return(item);
        };

    /// <summary>Equal to the same text only. A date can equal one that is written otherwise, a number and an element too.</summary>
    private static bool IsPlainText(in PathItem item) => item.Kind == PathKind.Text && !PathEquality.IsDate(item.Text!);

    private static bool IsAmong(PathFrame frame, in PathItem it, PathExpression many, in PathItem item)
    {
        var items = frame.Rent();
        many(frame, it, items);
        var found = PathEquality.Contains(frame, items, item);
        frame.Return(items);
        return found;
    }

    private static PathExpression Union(PathExpression left, PathExpression right) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            left(frame, it, items);
            right(frame, it, items);
            PathEquality.Distinct(items, into);
            frame.Return(items);
        };

    private static PathExpression Arithmetic(PathExpression left, PathExpression right, string op) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (one, other) = (frame.Rent(), frame.Rent());
            left(frame, it, one);
            right(frame, it, other);
            if (one.Count == 1 && other.Count == 1)
                Calculate(frame, one[0], other[0], op, into);
            else if (one.Count > 1 || other.Count > 1)
                frame.GiveUp();
            frame.Return(one);
            frame.Return(other);
        };

    private static void Calculate(PathFrame frame, in PathItem one, in PathItem other, string op, PathItems into)
    {
        if (op == "+" && one.Kind == PathKind.Text && other.Kind == PathKind.Text && !PathEquality.IsDate(one.Text!))
            into.Add(PathItem.Of(one.Text + other.Text));
        else if (one.Kind != PathKind.Number || other.Kind != PathKind.Number || IsTooLarge(one) || IsTooLarge(other))
            frame.GiveUp();
        else if (op is not ("div" or "mod"))
            into.Add(
                PathItem.Of(
                    op == "+" ? one.Number + other.Number
                    : op == "-" ? one.Number - other.Number
                    : one.Number * other.Number
                )
            );
        else if (other.Number != 0)
            into.Add(
                PathItem.Of(op == "div" ? decimal.Truncate(one.Number / other.Number) : one.Number % other.Number)
            );
    }

    private static bool IsTooLarge(in PathItem item) => Math.Abs(item.Number) > int.MaxValue;

    private static PathExpression Concatenation(PathExpression left, PathExpression right) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (one, other) = (frame.Rent(), frame.Rent());
            left(frame, it, one);
            right(frame, it, other);
            if (one.Count > 1 || other.Count > 1 || Kind(one) != PathKind.Text || Kind(other) != PathKind.Text)
                frame.GiveUp();
            else
                into.Add(PathItem.Of((one.Count == 0 ? "" : one[0].Text) + (other.Count == 0 ? "" : other[0].Text)));
            frame.Return(one);
            frame.Return(other);
        };

    private static PathKind Kind(PathItems items) => items.Count == 0 ? PathKind.Text : items[0].Kind;

    private static PathExpression? Typed(string op, Expression leftSide, Expression rightSide)
    {
        if (rightSide is not ConstantExpression { Value: string type } || PathCompiler.Build(leftSide) is not { } left)
            return null;
        var keeps = op == "as";
        return (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            left(frame, it, items);
            if (items.Count > 1)
                frame.GiveUp();
            foreach (ref readonly var item in items.Span)
                if (PathSteps.Is(item, type) is not { } answer)
                    frame.GiveUp();
                else if (!keeps)
                    into.Add(PathItem.Of(answer));
                else if (answer)
                    into.Add(item);
            frame.Return(items);
        };
    }
}
