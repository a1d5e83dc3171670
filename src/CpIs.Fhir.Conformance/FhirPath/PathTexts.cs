using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>The functions on texts.</summary>
internal static class PathTexts
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Letters = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    public static PathExpression? Build(
        FunctionCallExpression call,
        PathExpression focus,
        List<PathExpression> arguments
    ) =>
        (call.FunctionName, arguments.Count) switch
        {
            ("matches", 1) => Matches(call, focus),
            ("replaceMatches", 2) => ReplaceMatches(call, focus),
            ("startsWith", 1) => Compare(
                focus,
                arguments[0],
                (text, part) => text.StartsWith(part, StringComparison.Ordinal)
            ),
            ("endsWith", 1) => Compare(
                focus,
                arguments[0],
                (text, part) => text.EndsWith(part, StringComparison.Ordinal)
            ),
            ("contains", 1) => Compare(
                focus,
                arguments[0],
                (text, part) => text.Contains(part, StringComparison.Ordinal)
            ),
            ("length", 0) => Each(focus, text => PathItem.Of(text.Length)),
            ("toString", 0) => PathFunctions.Whole(focus, Convert),
            ("toInteger", 0) => PathFunctions.Whole(focus, ToInteger),
            ("substring", 1 or 2) => Substring(focus, arguments),
            ("replace", 2) => Replace(focus, arguments),
            ("upper", 0) => Each(focus, text => PathItem.Of(text.ToUpperInvariant())),
            ("lower", 0) => Each(focus, text => PathItem.Of(text.ToLowerInvariant())),
            _ => null,
        };

    /// <summary>An expression that the definition states. It is matched in linear time where that is possible, and within a limit elsewhere.</summary>
    private static PathExpression? Matches(FunctionCallExpression call, PathExpression focus)
    {
        if (call.Arguments.First() is not ConstantExpression { Value: string pattern })
            return null;
        var regex = Make(pattern);
        if (regex is null)
            return null;
        return InTime(focus, text => PathItem.Of(regex.IsMatch(text)), (_, into) => into.Add(PathItem.Of(false)));
    }

    private static PathExpression? ReplaceMatches(FunctionCallExpression call, PathExpression focus)
    {
        if (
            call.Arguments.ToList()
                is not [ConstantExpression { Value: string pattern }, ConstantExpression { Value: string with }]
            || Make(pattern) is not { } regex
        )
            return null;
        return InTime(focus, text => PathItem.Of(regex.Replace(text, with)), (frame, _) => frame.GiveUp());
    }

    /// <summary>What a pattern makes of the one text; what to do where that takes longer than the limit.</summary>
    private static PathExpression InTime(
        PathExpression focus,
        Func<string, PathItem> match,
        Action<PathFrame, PathItems> late
    ) =>
        PathFunctions.Whole(
            focus,
            (frame, items, into) =>
            {
                if (OneText(frame, items) is not { } text)
                    return;
                try
                {
                    into.Add(match(text));
                }
                catch (RegexMatchTimeoutException)
                {
                    late(frame, into);
                }
            }
        );

    private static Regex? Make(string pattern)
    {
        try
        {
            return new Regex(EndsAtEnd(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(EndsAtEnd(pattern), RegexOptions.CultureInvariant, RegexLimit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The pattern, with <c>$</c> for the end of the text alone: in .NET it also matches before a line feed there.</summary>
    private static string EndsAtEnd(string pattern)
    {
        var made = new StringBuilder(pattern.Length + 2);
        var isInClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            if (c == '\\' && at + 1 < pattern.Length)
            {
                made.Append(c).Append(pattern[++at]);
                continue;
            }

            isInClass = isInClass ? c != ']' : c == '[';
            made.Append(c == '$' && !isInClass ? @"\z" : c.ToString());
        }

        return made.ToString();
    }

    private static PathExpression Compare(
        PathExpression focus,
        PathExpression argument,
        Func<string, string, bool> compare
    ) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (items, parts) = (frame.Rent(), frame.Rent());
            focus(frame, it, items);
            argument(frame, it, parts);
            if (OneText(frame, items) is { } text && OneText(frame, parts) is { } part)
                into.Add(PathItem.Of(compare(text, part)));
            frame.Return(items);
            frame.Return(parts);
        };

    private static PathExpression Each(PathExpression focus, Func<string, PathItem> function) =>
        PathFunctions.Whole(
            focus,
            (frame, items, into) =>
            {
                if (OneText(frame, items) is { } text)
                    into.Add(function(text));
            }
        );

    private static PathExpression Substring(PathExpression focus, List<PathExpression> arguments) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var items = frame.Rent();
            focus(frame, it, items);
            var text = OneText(frame, items);
            frame.Return(items);
            if (text is null || Whole(arguments[0], frame, it) is not { } start || start < 0 || start >= text.Length)
                return;
            var length = text.Length - start;
            if (arguments.Count > 1)
            {
                if (Whole(arguments[1], frame, it) is not { } wanted)
                    return;
                length = Math.Clamp(wanted, 0, length);
            }

            into.Add(
                PathItem.Of(length == 1 && text[start] < 128 ? Letters[text[start]] : text.Substring(start, length))
            );
        };

    private static PathExpression Replace(PathExpression focus, List<PathExpression> arguments) =>
        (PathFrame frame, in PathItem it, PathItems into) =>
        {
            var (items, old, with) = (frame.Rent(), frame.Rent(), frame.Rent());
            focus(frame, it, items);
            arguments[0](frame, it, old);
            arguments[1](frame, it, with);
            if (
                OneText(frame, items) is { } text
                && OneText(frame, old) is { Length: > 0 } part
                && OneText(frame, with) is { } other
            )
                into.Add(PathItem.Of(text.Replace(part, other, StringComparison.Ordinal)));
            else
                frame.GiveUp();
            frame.Return(items);
            frame.Return(old);
            frame.Return(with);
        };

    private static void Convert(PathFrame frame, PathItems items, PathItems into)
    {
        if (items.Count == 1 && items[0].Text is { } text)
            into.Add(PathItem.Of(text));
        else if (items.Count > 1)
            frame.GiveUp();
    }

    private static void ToInteger(PathFrame frame, PathItems items, PathItems into)
    {
        if (items.Count > 1)
            frame.GiveUp();
        else if (
            items.Count == 1
            && int.TryParse(items[0].Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
        )
            into.Add(PathItem.Of(whole));
    }

    private static int? Whole(PathExpression expression, PathFrame frame, in PathItem it)
    {
        var items = frame.Rent();
        expression(frame, it, items);
        int? whole =
            items.Count == 1 && items[0].Kind == PathKind.Number
                ? (int)Math.Clamp(items[0].Number, int.MinValue, int.MaxValue)
                : null;
        frame.Return(items);
        return whole;
    }

    /// <summary>The one text; null for nothing. What is not a text, and several, are left to the SDK's engine.</summary>
    private static string? OneText(PathFrame frame, PathItems items)
    {
        if (items.Count == 0)
            return null;
        if (items.Count == 1 && items[0].Kind == PathKind.Text)
            return items[0].Text;
        frame.GiveUp();
        return null;
    }
}
