using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Terminology;
using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>
/// The functions that ask other resources, definitions or terminology (R4, fhirpath.html#functions): most of them the SDK's engine does not have.
/// </summary>
internal static class PathDefinitions
{
    public static PathExpression? Build(
        FunctionCallExpression call,
        PathExpression focus,
        List<PathExpression> arguments
    ) =>
        (call.FunctionName, arguments.Count) switch
        {
            ("resolve", 0) => PathFunctions.Whole(focus, Resolve),
            ("conformsTo", 1) => With(focus, arguments, ConformsTo),
            ("memberOf", 1) => With(focus, arguments, MemberOf),
            ("subsumes", 1) => Subsuming(focus, arguments[0], false),
            ("subsumedBy", 1) => Subsuming(focus, arguments[0], true),
            ("slice", 2) => With(focus, arguments, Slice),
            _ => null,
        };

    /// <summary><c>type().name</c> and <c>type().namespace</c>.</summary>
    public static PathExpression? Type(FunctionCallExpression call, string part)
    {
        if (PathCompiler.Build(call.Focus) is not { } focus)
            return null;
        return PathFunctions.Whole(
            focus,
            (frame, items, into) =>
            {
                foreach (ref readonly var item in items.Span)
                    if (item.Node is null)
                        into.Add(PathItem.Of(part == "namespace" ? "System" : SystemType(item.Kind)));
                    else if (part == "namespace")
                        into.Add(PathItem.Of("FHIR"));
                    else if ((item.Node.ResourceType ?? item.Node.Type) is { } type)
                        into.Add(PathItem.Of(type));
                    else
                        frame.GiveUp();
            }
        );
    }

    private static string SystemType(PathKind kind) =>
        kind switch
        {
            PathKind.Boolean => "Boolean",
            PathKind.Number => "Decimal",
            _ => "String",
        };

    /// <summary>What references lead to; where that is not here, an empty resource of the type that the reference names.</summary>
    private static void Resolve(PathFrame frame, PathItems items, PathItems into)
    {
        if (frame.Questions is not { } questions)
        {
            frame.GiveUp();
            return;
        }

        foreach (ref readonly var item in items.Span)
            if (item.Node is { } node && (item.Text ?? node.Text("reference")) is { } literal)
            {
                if (questions.Targets.Resolve(node, literal) is { } target)
                    into.Add(PathItem.Of(target, frame));
                else if (Targets.TypeIn(literal) is { } type)
                    into.Add(PathItem.Of(Targets.Stub(type, node), frame));
            }
    }

    private static void ConformsTo(
        PathFrame frame,
        IPathQuestions questions,
        PathItems items,
        string[] arguments,
        PathItems into
    )
    {
        if (items.Count == 0)
            return;
        if (items.Count == 1 && items[0].Node is { } node && questions.Meets(node, arguments[0]) is { } answer)
            into.Add(PathItem.Of(answer));
        else
            frame.GiveUp();
    }

    private static void MemberOf(
        PathFrame frame,
        IPathQuestions questions,
        PathItems items,
        string[] arguments,
        PathItems into
    )
    {
        if (items.Count == 0)
            return;
        bool? member = items.Count > 1 ? null : IsMember(questions, items[0], arguments[0]);
        if (member is { } known)
            into.Add(PathItem.Of(known));
        else
            frame.GiveUp();
    }

    /// <summary>A code, a Coding, or a CodeableConcept of which one coding is a member; null when that cannot be decided.</summary>
    private static bool? IsMember(IPathQuestions questions, in PathItem item, string valueSet)
    {
        if (item.Kind == PathKind.Text)
            return Told(questions.Terminology.Check(valueSet, null, item.Text!));
        if (item.Node is not { } node)
            return null;
        bool? any = false;
        foreach (var coding in node.Child("coding") is null ? [node] : node.ChildrenNamed("coding"))
            if (coding.Text("code") is { } code)
                any = PathTruth.Or(any, Told(questions.Terminology.Check(valueSet, coding.Text("system") ?? "", code)));
        return any;
    }

    private static bool? Told(Membership membership) =>
        membership.Verdict switch
        {
            MembershipVerdict.Member => true,
            MembershipVerdict.NotMember => false,
            _ => null,
        };

    private static PathExpression Subsuming(PathExpression focus, PathExpression argument, bool reversed) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (one, other) = (frame.Rent(), frame.Rent());
            focus(frame, it, one);
            argument(frame, it, other);
            if (one.Count > 1 || other.Count > 1 || frame.Questions is not { } questions)
                frame.GiveUp();
            else if (one.Count == 1 && other.Count == 1)
                if (Subsumes(questions, reversed ? other[0] : one[0], reversed ? one[0] : other[0]) is { } known)
                    into.Add(PathItem.Of(known));
                else
                    frame.GiveUp();
            frame.Return(one);
            frame.Return(other);
        };

    private static bool? Subsumes(IPathQuestions questions, in PathItem ancestor, in PathItem descendant)
    {
        bool? any = false;
        foreach (var (system, code) in Codings(ancestor))
        foreach (var (otherSystem, otherCode) in Codings(descendant))
            any = PathTruth.Or(
                any,
                system != otherSystem ? false
                    : code == otherCode ? true
                    : questions.Terminology.Subsumes(system, code, otherCode)
            );
        return any;
    }

    private static List<(string System, string Code)> Codings(in PathItem item)
    {
        var codings = new List<(string, string)>();
        if (item.Node is { } node)
            foreach (var coding in node.Child("coding") is null ? [node] : node.ChildrenNamed("coding"))
                if (coding.Text("system") is { } system && coding.Text("code") is { } code)
                    codings.Add((system, code));
        return codings;
    }

    /// <summary>The items that belong to a slice of a profile: <c>telecom.slice('https://...', 'officeHours')</c>.</summary>
    private static void Slice(
        PathFrame frame,
        IPathQuestions questions,
        PathItems items,
        string[] arguments,
        PathItems into
    )
    {
        foreach (ref readonly var item in items.Span)
            if (item.Node is { } node && questions.IsInSlice(node, arguments[0], arguments[1]) is { } answer)
            {
                if (answer)
                    into.Add(item);
            }
            else
                frame.GiveUp();
    }

    /// <summary>A function whose arguments are texts.</summary>
    private static PathExpression With(
        PathExpression focus,
        List<PathExpression> arguments,
        Action<PathFrame, IPathQuestions, PathItems, string[], PathItems> function
    ) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            focus(frame, it, items);
            var texts = new string[arguments.Count];
            for (var at = 0; at < texts.Length; at++)
                texts[at] = Text(frame, arguments[at], it);
            if (frame.Questions is { } questions && !frame.HasGivenUp)
                function(frame, questions, items, texts, into);
            else
                frame.GiveUp();
            frame.Return(items);
        };

    private static string Text(PathFrame frame, PathExpression argument, in PathItem it)
    {
        var items = frame.Rent();
        argument(frame, it, items);
        var text = items.Count == 1 ? items[0].Text : null;
        frame.Return(items);
        if (text is null)
            frame.GiveUp();
        return text ?? "";
    }
}
