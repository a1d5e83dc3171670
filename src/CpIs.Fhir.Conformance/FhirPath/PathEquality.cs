using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>When items are equal, and which is less. Dates of unlike precision and with time zones are left to the SDK's engine.</summary>
internal static class PathEquality
{
    public static bool? AreEqual(PathFrame frame, PathItems one, PathItems other)
    {
        if (one.Count != other.Count)
            return false;
        for (var at = 0; at < one.Count; at++)
            if (AreEqual(frame, one[at], other[at]) is not true and var unlike)
                return unlike;
        return true;
    }

    public static bool? AreEqual(PathFrame frame, in PathItem one, in PathItem other)
    {
        if (one.Kind == PathKind.Element || other.Kind == PathKind.Element)
            return one.Node is { } node && other.Node is { } target ? Values.IsSame(node, target) : false;
        if (one.Kind != other.Kind)
        {
            frame.GiveUp();
            return null;
        }

        if (one.Kind != PathKind.Text)
            return one.Number == other.Number;
        if (one.Text == other.Text)
            return true;
        if (IsDate(one.Text!) && IsDate(other.Text!) && !AreComparable(one.Text!, other.Text!))
            frame.GiveUp();
        return false;
    }

    public static int? Compare(PathFrame frame, PathItems one, PathItems other)
    {
        if (
            one.Count != 1
            || other.Count != 1
            || one[0].Kind != other[0].Kind
            || one[0].Kind is PathKind.Element or PathKind.Boolean
        )
        {
            frame.GiveUp();
            return null;
        }

        if (one[0].Kind == PathKind.Number)
            return one[0].Number.CompareTo(other[0].Number);
        if ((IsDate(one[0].Text!) || IsDate(other[0].Text!)) && !AreComparable(one[0].Text!, other[0].Text!))
            frame.GiveUp();
        return string.CompareOrdinal(one[0].Text, other[0].Text);
    }

    public static bool Contains(PathFrame frame, PathItems items, in PathItem item)
    {
        foreach (ref readonly var each in items.Span)
            if (each.Kind == item.Kind && AreEqual(frame, each, item) == true)
                return true;
        return false;
    }

    /// <summary>Each item once, where it comes first.</summary>
    public static void Distinct(PathItems items, PathItems into)
    {
        if (items.Count == 1)
        {
            into.Add(items[0]);
            return;
        }

        var seen = new HashSet<string>(items.Count);
        foreach (ref readonly var item in items.Span)
            if (seen.Add(item.Key))
                into.Add(item);
    }

    public static HashSet<string> Keys(PathItems items)
    {
        var keys = new HashSet<string>(items.Count);
        foreach (ref readonly var item in items.Span)
            keys.Add(item.Key);
        return keys;
    }

    /// <summary>Looks like a date or a date and time: four digits, and nothing or a hyphen behind.</summary>
    public static bool IsDate(string text) =>
        text.Length is >= 4 and < 40
        && char.IsAsciiDigit(text[0])
        && char.IsAsciiDigit(text[1])
        && char.IsAsciiDigit(text[2])
        && char.IsAsciiDigit(text[3])
        && (text.Length == 4 || text[4] == '-');

    private static bool AreComparable(string one, string other) => one.Length == other.Length && one.Length <= 10;
}
