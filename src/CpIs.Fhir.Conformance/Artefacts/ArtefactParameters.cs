using System.Collections.Frozen;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>What published artefacts are searched by, once: the server reads it, and the CapabilityStatement is written from it.</summary>
public static class ArtefactParameters
{
    private const string Core = "http://hl7.org/fhir/SearchParameter/";

    private static readonly ArtefactParameter[] Conformance =
    [
        Of("url", "uri", "conformance-url"),
        Of("version", "token", "conformance-version"),
        Of("name", "string", "conformance-name"),
        Of("title", "string", "conformance-title"),
        Of("status", "token", "conformance-status"),
    ];

    private static readonly Dictionary<string, ArtefactParameter[]> ByType = new()
    {
        ["StructureDefinition"] =
        [
            .. Conformance,
            Of("type", "uri", "StructureDefinition-type"),
            Of("base", "reference", "StructureDefinition-base", "baseDefinition"),
            Of("derivation", "token", "StructureDefinition-derivation"),
            Of("kind", "token", "StructureDefinition-kind"),
        ],
        ["ValueSet"] =
        [
            .. Conformance,
            Each("reference", "uri", "ValueSet-reference", Included),
            Each("code", "token", "ValueSet-code", json => Concepts(Includes(json))),
        ],
        ["CodeSystem"] =
        [
            .. Conformance,
            Of("system", "uri", "CodeSystem-system", "url"),
            Each("code", "token", "CodeSystem-code", json => Concepts([json])),
            Of("content-mode", "token", "CodeSystem-content-mode", "content"),
        ],
        ["SearchParameter"] =
        [
            // SearchParameter has no title in R4.
            .. Conformance.Where(parameter => parameter.Code != "title"),
            Each("base", "token", "SearchParameter-base", json => json.Texts("base")),
            Of("code", "token", "SearchParameter-code"),
            Of("type", "token", "SearchParameter-type"),
        ],
        ["OperationDefinition"] =
        [
            .. Conformance,
            Of("code", "token", "OperationDefinition-code"),
            Of("kind", "token", "OperationDefinition-kind"),
        ],
        ["CapabilityStatement"] = [.. Conformance],
        ["ImplementationGuide"] = [.. Conformance],
        ["NamingSystem"] =
        [
            Of("name", "string", "conformance-name"),
            Of("status", "token", "conformance-status"),
            Of("kind", "token", "NamingSystem-kind"),
            Each(
                "value",
                "string",
                "NamingSystem-value",
                json => json.Items("uniqueId").Select(id => id.Text("value")!)
            ),
        ],
    };

    /// <summary>The types of artefacts that can be read and searched.</summary>
    public static IEnumerable<string> Types => ByType.Keys;

    /// <summary>What artefacts of a type are searched by, besides <c>_id</c>.</summary>
    /// <exception cref="KeyNotFoundException">The type is none of <see cref="Types"/>.</exception>
    public static IReadOnlyList<ArtefactParameter> Of(string type) => ByType[type];

    /// <summary>What an artefact is found by: values by the code of the parameter.</summary>
    internal static FrozenDictionary<string, IReadOnlyList<string>> ValuesOf(JsonElement artefact) =>
        ByType
            .GetValueOrDefault(artefact.Text("resourceType") ?? "", [])
            .ToFrozenDictionary(
                parameter => parameter.Code,
                IReadOnlyList<string> (parameter) => [.. parameter.Values(artefact)]
            );

    private static ArtefactParameter Of(string code, string kind, string definition, string? element = null) =>
        Each(code, kind, definition, json => json.Text(element ?? code) is { } text ? [text] : []);

    private static ArtefactParameter Each(
        string code,
        string kind,
        string definition,
        Func<JsonElement, IEnumerable<string>> values
    ) => new(code, kind, Core + definition, values);

    private static IEnumerable<JsonElement> Includes(JsonElement valueSet) =>
        valueSet.TryGetProperty("compose", out var compose) ? compose.Items("include") : [];

    private static IEnumerable<string> Included(JsonElement valueSet) =>
        Includes(valueSet).Select(include => include.Text("system")).OfType<string>();

    private static IEnumerable<string> Concepts(IEnumerable<JsonElement> of) =>
        of.SelectMany(holder => holder.Items("concept"))
            .SelectMany(concept => Concepts([concept]).Prepend(concept.Text("code")!));
}
