using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Differences between two versions of one ElementDefinition: what is asked of a value.</summary>
internal static class ElementComparison
{
    private static readonly string[] Strengths = ["example", "preferred", "extensible", "required"];

    /// <summary>True when one maximum is below the other; <c>*</c> is above all.</summary>
    public static bool IsLess(string? max, string? than) => Limit(max) < Limit(than);

    /// <summary>What is asked more, and what is asked less.</summary>
    public static IEnumerable<Change> Compare(string id, JsonElement before, JsonElement after)
    {
        foreach (var (what, breaks) in Cardinality(before, after))
            yield return new Change("", id, what, breaks);
        // A prohibited element has no value of which anything could be asked.
        if (after.Text("max") == "0" || before.Text("max") == "0")
            yield break;
        foreach (
            var (what, breaks) in Types(before, after)
                .Concat(Values(before, after))
                .Concat(Binding(before, after))
                .Concat(Constraints(before, after))
                .Concat(Slicing(before, after))
        )
            yield return new Change("", id, what, breaks);
    }

    private static IEnumerable<(string, bool)> Cardinality(JsonElement before, JsonElement after)
    {
        var (least, most) = (before.Number("min") ?? 0, before.Text("max") ?? "*");
        var (leastNow, mostNow) = (after.Number("min") ?? 0, after.Text("max") ?? "*");
        if (most != "0" && mostNow == "0")
            yield return ("is prohibited now", true);
        else if (IsLess(mostNow, most))
            yield return ($"at most {mostNow} instead of {most}", true);
        else if (IsLess(most, mostNow))
            yield return (most == "0" ? "is no longer prohibited" : $"at most {mostNow} instead of {most}", false);
        if (leastNow > least)
            yield return (least == 0 ? "is required now" : $"at least {leastNow} instead of {least}", true);
        else if (leastNow < least && mostNow != "0")
            yield return ($"at least {leastNow} instead of {least}", false);
    }

    private static IEnumerable<(string, bool)> Types(JsonElement before, JsonElement after)
    {
        var now = after.Items("type").ToDictionary(type => type.Text("code")!);
        foreach (var type in before.Items("type"))
        {
            var code = type.Text("code")!;
            if (!now.Remove(code, out var other))
            {
                yield return ($"can no longer be {code}", true);
                continue;
            }

            foreach (var list in new[] { "profile", "targetProfile" })
            {
                var (old, given) = (type.Texts(list).ToHashSet(), other.Texts(list).ToHashSet());
                if (old.SetEquals(given))
                    continue;
                // An empty list is "any".
                var narrower = given.Count > 0 && (old.Count == 0 || !old.IsSubsetOf(given));
                yield return ($"{code}: {list} {Names(given)} instead of {Names(old)}", narrower);
            }
        }

        foreach (var code in now.Keys)
            yield return ($"can be {code} now", false);
    }

    private static string Names(HashSet<string> canonicals) =>
        canonicals.Count == 0
            ? "any"
            : string.Join(", ", canonicals.Select(url => url[(url.LastIndexOf('/') + 1)..]).Order());

    private static IEnumerable<(string, bool)> Values(JsonElement before, JsonElement after)
    {
        foreach (var name in new[] { "fixed", "pattern", "minValue", "maxValue" })
        {
            var (old, now) = (Choice(before, name), Choice(after, name));
            if (old is null && now is null || old is { } a && now is { } b && JsonElement.DeepEquals(a, b))
                continue;
            yield return now is null
                ? ($"{name} is no longer given", false)
                : (
                    $"{name} is {now.Value.GetRawText()}{(old is null ? "" : $" instead of {old.Value.GetRawText()}")}",
                    true
                );
        }

        if (before.Number("maxLength") != after.Number("maxLength"))
            yield return (
                $"maxLength is {after.Number("maxLength")?.ToString(CultureInfo.InvariantCulture) ?? "none"} instead of {before.Number("maxLength")?.ToString(CultureInfo.InvariantCulture) ?? "none"}",
                after.Number("maxLength") < (before.Number("maxLength") ?? int.MaxValue)
            );
        if (!before.IsTrue("isModifier") && after.IsTrue("isModifier"))
            yield return ("is a modifier now", true);
    }

    private static JsonElement? Choice(JsonElement element, string prefix)
    {
        foreach (var property in element.EnumerateObject())
            if (
                property.Name.StartsWith(prefix, StringComparison.Ordinal) && char.IsUpper(property.Name[prefix.Length])
            )
                return property.Value;
        return null;
    }

    private static IEnumerable<(string, bool)> Binding(JsonElement before, JsonElement after)
    {
        var (strength, valueSet) = Bound(before);
        var (strengthNow, valueSetNow) = Bound(after);
        if (strengthNow == strength && valueSetNow == valueSet)
            yield break;
        var breaks = strengthNow == 3 && (strength < 3 || valueSetNow != valueSet);
        yield return (
            $"binding {Strength(strengthNow)} {valueSetNow} instead of {Strength(strength)} {valueSet}".Replace(
                "  ",
                " ",
                StringComparison.Ordinal
            ),
            breaks
        );
    }

    private static (int Strength, string? ValueSet) Bound(JsonElement element) =>
        element.TryGetProperty("binding", out var binding)
            ? (Array.IndexOf(Strengths, binding.Text("strength")), binding.Text("valueSet"))
            : (-1, null);

    private static string Strength(int strength) => strength < 0 ? "none" : Strengths[strength];

    private static IEnumerable<(string, bool)> Constraints(JsonElement before, JsonElement after)
    {
        var old = before.Items("constraint").ToDictionary(rule => rule.Text("key")!);
        foreach (var rule in after.Items("constraint"))
        {
            var key = rule.Text("key")!;
            var isError = rule.Text("severity") == "error";
            if (!old.Remove(key, out var other))
                yield return ($"rule {key} is new", isError);
            else if (rule.Text("expression") != other.Text("expression"))
                yield return ($"rule {key} has another expression", isError);
            else if (rule.Text("severity") != other.Text("severity"))
                yield return (
                    $"rule {key} is of severity {rule.Text("severity")} instead of {other.Text("severity")}",
                    isError
                );
        }

        foreach (var key in old.Keys)
            yield return ($"rule {key} is gone", false);
    }

    private static IEnumerable<(string, bool)> Slicing(JsonElement before, JsonElement after)
    {
        var (isSliced, wasSliced) = (
            after.TryGetProperty("slicing", out var now),
            before.TryGetProperty("slicing", out var old)
        );
        var (rules, rulesNow) = (wasSliced ? old.Text("rules") : "open", isSliced ? now.Text("rules") : "open");
        if (rules != rulesNow)
            yield return ($"slicing is {rulesNow} instead of {rules}", rulesNow != "open" && rules != "closed");
        if (isSliced && now.IsTrue("ordered") && !(wasSliced && old.IsTrue("ordered")))
            yield return ("slices have an order now", true);
        if (isSliced && wasSliced && !Discriminators(old).SequenceEqual(Discriminators(now)))
            yield return ("slices have another discriminator", true);
    }

    private static IEnumerable<string> Discriminators(JsonElement slicing) =>
        slicing.Items("discriminator").Select(part => $"{part.Text("type")} {part.Text("path")}");

    private static int Limit(string? max) =>
        max is null or "*" ? int.MaxValue : int.Parse(max, NumberStyles.None, CultureInfo.InvariantCulture);
}
