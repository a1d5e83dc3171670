using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Differences between two versions of a ValueSet or a CodeSystem.</summary>
internal static class TerminologyComparison
{
    private const string All = "all codes";

    public static IEnumerable<Change> OfValueSet(JsonElement before, JsonElement after)
    {
        var (old, now) = (Members(before), Members(after));
        var whole = now.Where(member => member.EndsWith(All, StringComparison.Ordinal)).Select(System).ToHashSet();
        foreach (var member in old.Except(now).Where(member => !whole.Contains(System(member))))
            yield return new Change("", member, "is no longer in the value set", true);
        foreach (var member in now.Except(old))
            yield return new Change("", member, "is new in the value set", false);
        // Filters, imported value sets and exclusions: what they leave cannot be decided without the code system.
        if (!Rest(before).SequenceEqual(Rest(after)))
            yield return new Change("", "compose", "has other filters, imports or exclusions", true);
    }

    public static IEnumerable<Change> OfCodeSystem(JsonElement before, JsonElement after)
    {
        var (old, now) = (Codes(before).ToHashSet(), Codes(after).ToHashSet());
        foreach (var code in old.Except(now))
            yield return new Change("", code, "is no longer a code", true);
        foreach (var code in now.Except(old))
            yield return new Change("", code, "is a new code", false);
    }

    private static HashSet<string> Members(JsonElement valueSet) =>
        [
            .. Includes(valueSet, "include")
                .Where(include => !include.Items("filter").Any() && !include.Items("valueSet").Any())
                .SelectMany(include =>
                    include.Items("concept").Any()
                        ? include.Items("concept").Select(concept => $"{include.Text("system")} {concept.Text("code")}")
                        : [$"{include.Text("system")} {All}"]
                ),
        ];

    private static string System(string member) => member[..member.IndexOf(' ', StringComparison.Ordinal)];

    private static IEnumerable<string> Rest(JsonElement valueSet) =>
        Includes(valueSet, "include")
            .Where(include => include.Items("filter").Any() || include.Items("valueSet").Any())
            .Concat(Includes(valueSet, "exclude"))
            .Select(part => part.GetRawText());

    private static IEnumerable<JsonElement> Includes(JsonElement valueSet, string name) =>
        valueSet.TryGetProperty("compose", out var compose) ? compose.Items(name) : [];

    private static IEnumerable<string> Codes(JsonElement of) =>
        of.Items("concept").SelectMany(concept => Codes(concept).Prepend(concept.Text("code")!));
}
