using System.Text.Json;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>
/// Compares two versions of a package and says of each difference whether it breaks the conformance of what met the older one. In
/// doubt it says that it does: a version step too many costs less than one too few.
/// </summary>
internal static class PackageComparison
{
    /// <summary>All differences, by artefact and place; those that break first within an artefact.</summary>
    public static IReadOnlyList<Change> Compare(PackageContent before, PackageContent after) =>
        [
            .. before
                .Artefacts.Keys.Union(after.Artefacts.Keys)
                .Order(StringComparer.Ordinal)
                .SelectMany(key =>
                    Compare(key, Find(before.Artefacts, key), Find(after.Artefacts, key))
                        .OrderByDescending(change => change.Breaks)
                ),
        ];

    private static JsonElement? Find(IReadOnlyDictionary<string, JsonElement> artefacts, string key) =>
        artefacts.TryGetValue(key, out var found) ? found : null;

    private static List<Change> Compare(string key, JsonElement? before, JsonElement? after)
    {
        if (before is not { } old)
            return [new Change(key, "", "is new", false)];
        if (after is not { } now)
            return [new Change(key, "", "is gone", true)];
        var changes = (
            key[..key.IndexOf(' ', StringComparison.Ordinal)] switch
            {
                "StructureDefinition" => StructureComparison.Compare(old, now),
                "ValueSet" => TerminologyComparison.OfValueSet(old, now),
                "CodeSystem" => TerminologyComparison.OfCodeSystem(old, now),
                "OperationDefinition" => InterfaceComparison.OfOperation(old, now),
                "SearchParameter" => InterfaceComparison.OfSearchParameter(old, now),
                "NamingSystem" => InterfaceComparison.OfNamingSystem(old, now),
                _ => [],
            }
        )
            .Select(change => change with { Artefact = key })
            .ToList();
        // Version and date go with every step and say nothing.
        if (changes.Count == 0 && !Same(old, now))
            changes.Add(new Change(key, "", "has other words or descriptions", false));
        return changes;
    }

    private static bool Same(JsonElement old, JsonElement now)
    {
        var names = old.EnumerateObject().Concat(now.EnumerateObject()).Select(property => property.Name).Distinct();
        return names
            .Where(name => name is not ("version" or "date"))
            .All(name =>
                old.TryGetProperty(name, out var a)
                && now.TryGetProperty(name, out var b)
                && JsonElement.DeepEquals(a, b)
            );
    }
}
