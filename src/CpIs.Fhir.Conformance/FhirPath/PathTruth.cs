namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>The three values of FHIRPath's logic: true, false, and null for "nothing there".</summary>
internal static class PathTruth
{
    /// <summary>A collection as a truth: its one boolean, or true for one item of another kind.</summary>
    public static bool? Of(PathItems items, PathFrame frame)
    {
        switch (items.Count)
        {
            case 0:
                return null;
            case 1:
                return items[0].Kind != PathKind.Boolean || items[0].IsTrue;
            default:
                frame.GiveUp();
                return null;
        }
    }

    public static bool? Of(PathExpression expression, PathFrame frame, in PathItem it)
    {
        var items = frame.Rent();
        expression(frame, it, items);
        var truth = Of(items, frame);
        frame.Return(items);
        return truth;
    }

    public static bool? And(bool? one, bool? other) =>
        one == false || other == false ? false
        : one is null || other is null ? null
        : true;

    public static bool? Or(bool? one, bool? other) =>
        one == true || other == true ? true
        : one is null || other is null ? null
        : false;

    public static bool? Xor(bool? one, bool? other) => one is null || other is null ? null : one != other;

    public static bool? Implies(bool? one, bool? other) =>
        one == false ? true
        : one is null
            ? other == true ? true
                : null
        : other;

    public static void Add(PathItems into, bool? truth)
    {
        if (truth is { } known)
            into.Add(PathItem.Of(known));
    }
}
