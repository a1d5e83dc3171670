using System.Collections.Frozen;
using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>What published artefacts are searched by, once: the server reads it, and the CapabilityStatement is written from it.</summary>
public static class ArtefactParameters
{
    private const string Core = "http://hl7.org/fhir/SearchParameter/";

    private static readonly ArtefactParameter[] Conformance =
    [
        Of("url", ParameterKind.Uri, "conformance-url"),
        Of("version", ParameterKind.Token, "conformance-version"),
        Of("name", ParameterKind.Text, "conformance-name"),
        Of("title", ParameterKind.Text, "conformance-title"),
        Of("status", ParameterKind.Token, "conformance-status"),
    ];

    private static readonly Dictionary<string, ArtefactParameter[]> ByType = new()
    {
        ["StructureDefinition"] =
        [
            .. Conformance,
            Of("type", ParameterKind.Uri, "StructureDefinition-type"),
            Of("base", ParameterKind.Reference, "StructureDefinition-base", "baseDefinition"),
            Of("derivation", ParameterKind.Token, "StructureDefinition-derivation"),
            Of("kind", ParameterKind.Token, "StructureDefinition-kind"),
        ],
        ["ValueSet"] =
        [
            .. Conformance,
            Each("reference", ParameterKind.Uri, "ValueSet-reference", Included),
            Each("code", ParameterKind.Token, "ValueSet-code", json => Concepts(Includes(json))),
        ],
        ["CodeSystem"] =
        [
            .. Conformance,
            Of("system", ParameterKind.Uri, "CodeSystem-system", "url"),
            Each("code", ParameterKind.Token, "CodeSystem-code", json => Concepts([json])),
            Of("content-mode", ParameterKind.Token, "CodeSystem-content-mode", "content"),
        ],
        ["SearchParameter"] =
        [
            // SearchParameter has no title in R4.
            .. Conformance.Where(parameter => parameter.Row.Name != "title"),
            Each("base", ParameterKind.Token, "SearchParameter-base", json => json.Texts("base")),
            Of("code", ParameterKind.Token, "SearchParameter-code"),
            Of("type", ParameterKind.Token, "SearchParameter-type"),
        ],
        ["OperationDefinition"] =
        [
            .. Conformance,
            Of("code", ParameterKind.Token, "OperationDefinition-code"),
            Of("kind", ParameterKind.Token, "OperationDefinition-kind"),
        ],
        ["CapabilityStatement"] = [.. Conformance],
        // A topic: R4 has no SubscriptionTopic.
        ["Basic"] = [Coding("code", "Basic-code")],
        ["ImplementationGuide"] = [.. Conformance],
        ["NamingSystem"] =
        [
            Of("name", ParameterKind.Text, "conformance-name"),
            Of("status", ParameterKind.Token, "conformance-status"),
            Of("kind", ParameterKind.Token, "NamingSystem-kind"),
            Each(
                "value",
                ParameterKind.Text,
                "NamingSystem-value",
                json => json.Items("uniqueId").Select(id => id.Text("value")!)
            ),
        ],
    };

    private static readonly FrozenDictionary<string, ParameterTable> Tables = ByType.ToFrozenDictionary(
        type => type.Key,
        type =>
            ParameterTable.Search(
                type.Key,
                [
                    .. type.Value.Select(parameter => parameter.Row),
                    new Parameter(ArtefactQuery.OffsetParameter, ParameterKind.Number)
                    {
                        IsOnce = true,
                        IsListed = false,
                    },
                ]
            )
    );

    /// <summary>The types of artefacts that can be read and searched.</summary>
    public static IEnumerable<string> Types => ByType.Keys;

    /// <summary>Everything that a search for artefacts of a type takes.</summary>
    /// <exception cref="KeyNotFoundException">The type is none of <see cref="Types"/>.</exception>
    public static ParameterTable TableOf(string type) => Tables[type];

    /// <summary>How a row of <see cref="TableOf"/> finds artefacts; null for <c>_id</c> and its like.</summary>
    internal static ArtefactParameter? Find(string type, Parameter row) =>
        ByType[type].FirstOrDefault(parameter => parameter.Row == row);

    /// <summary>What an artefact is found by: values by the code of the parameter.</summary>
    internal static FrozenDictionary<string, IReadOnlyList<string>> ValuesOf(JsonElement artefact) =>
        ByType
            .GetValueOrDefault(artefact.Text("resourceType") ?? "", [])
            .ToFrozenDictionary(
                parameter => parameter.Row.Name,
                IReadOnlyList<string> (parameter) => [.. parameter.Values(artefact)]
            );

    private static ArtefactParameter Of(string code, ParameterKind kind, string definition, string? element = null) =>
        Each(code, kind, definition, json => json.Text(element ?? code) is { } text ? [text] : []);

    /// <summary>A code with its system: found by either, or by both.</summary>
    private static ArtefactParameter Coding(string code, string definition) =>
        new(
            new Parameter(code, ParameterKind.Token, Core + definition) { MostValues = 50 },
            json =>
                json.GetProperty(code)
                    .Items("coding")
                    .Select(coding => (System: coding.Text("system"), Code: coding.Text("code")))
                    .SelectMany(each => new[] { each.Code!, $"{each.System}|{each.Code}", $"{each.System}|" })
        );

    private static ArtefactParameter Each(
        string code,
        ParameterKind kind,
        string definition,
        Func<JsonElement, IEnumerable<string>> values
    ) =>
        new(
            new Parameter(code, kind, Core + definition)
            {
                MostValues = 50,
                HasSystem = false,
                Modifiers = kind == ParameterKind.Text ? ["exact", "contains"] : [],
            },
            values
        );

    private static IEnumerable<JsonElement> Includes(JsonElement valueSet) =>
        valueSet.TryGetProperty("compose", out var compose) ? compose.Items("include") : [];

    private static IEnumerable<string> Included(JsonElement valueSet) =>
        Includes(valueSet).Select(include => include.Text("system")).OfType<string>();

    private static IEnumerable<string> Concepts(IEnumerable<JsonElement> of) =>
        of.SelectMany(holder => holder.Items("concept"))
            .SelectMany(concept => Concepts([concept]).Prepend(concept.Text("code")!));
}
