using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A search parameter of R4 on published artefacts.</summary>
/// <param name="Row">What a caller may ask. A reference is a canonical.</param>
/// <param name="Values">What an artefact has to be found by.</param>
internal sealed record ArtefactParameter(Parameter Row, Func<JsonElement, IEnumerable<string>> Values)
{
    /// <summary>Whether an artefact, of a type that has this parameter, has one of the values that are asked for.</summary>
    public bool Matches(Artefact artefact, AskedParameter asked) =>
        artefact
            .Values[Row.Name]
            .Any(value => asked.Values.Any(wanted => Matches(value, asked.Modifier, Written(wanted))));

    private static string Written(AskedValue asked) =>
        asked.System is { } system ? $"{system}|{asked.Text}" : asked.Text;

    private bool Matches(string value, string? modifier, string asked) =>
        (Row.Kind, modifier) switch
        {
            (ParameterKind.Text, null) => Fold(value).StartsWith(Fold(asked), StringComparison.Ordinal),
            (ParameterKind.Text, "contains") => Fold(value).Contains(Fold(asked), StringComparison.Ordinal),
            _ => value == asked,
        };

    private static string Fold(string value) => SearchTokens.Fold(value);
}
