using System.Text.Json;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// What of a core package is kept: every StructureDefinition, and the ValueSets and CodeSystems that codes are checked against, which
/// are those of all bindings but example ones.
/// </summary>
internal sealed class CoreClosure
{
    private readonly Dictionary<string, JsonElement> _all = [];
    private readonly SortedDictionary<string, JsonElement> _kept = new(StringComparer.Ordinal);

    private CoreClosure() { }

    /// <summary>The definitions to keep, in the order of their types and canonicals.</summary>
    public static IEnumerable<JsonElement> Of(IEnumerable<JsonElement> definitions)
    {
        var closure = new CoreClosure();
        foreach (var definition in definitions)
            if (definition.TryGetProperty("url", out var url))
                closure._all[Key(TypeOf(definition), url.GetString()!)] = definition;
        foreach (var (key, definition) in closure._all)
            if (TypeOf(definition) == "StructureDefinition")
                closure.KeepStructure(key, definition);
        return closure._kept.Values;
    }

    private void KeepStructure(string key, JsonElement definition)
    {
        _kept[key] = definition;
        foreach (var element in List(definition.GetProperty("snapshot"), "element"))
        {
            if (!element.TryGetProperty("binding", out var binding))
                continue;
            if (binding.GetProperty("strength").GetString() != "example")
                KeepValueSet(Text(binding, "valueSet"));
            foreach (var extension in List(binding, "extension"))
                if (Text(extension, "url") == ExtensionUrls.MaximumValueSet)
                    KeepValueSet(Text(extension, "valueCanonical") ?? Text(extension, "valueUri"));
        }
    }

    private void KeepValueSet(string? canonical)
    {
        if (canonical is null)
            return;
        var key = Key("ValueSet", Canonicals.WithoutVersion(canonical));
        if (!_all.TryGetValue(key, out var set) || !_kept.TryAdd(key, set))
            return;
        if (!set.TryGetProperty("compose", out var compose))
            return;
        foreach (var part in List(compose, "include").Concat(List(compose, "exclude")))
        {
            if (Text(part, "system") is { } system && _all.TryGetValue(Key("CodeSystem", system), out var codes))
                _kept.TryAdd(Key("CodeSystem", system), codes);
            foreach (var inner in List(part, "valueSet"))
                KeepValueSet(inner.GetString());
        }
    }

    private static string TypeOf(JsonElement definition) => definition.GetProperty("resourceType").GetString()!;

    private static string Key(string type, string url) => type + " " + url;

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static JsonElement[] List(JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];
}
