using System.Text.Json;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A search parameter of R4 on published artefacts.</summary>
/// <param name="Code">Name in the URL.</param>
/// <param name="Kind"><c>uri</c>, <c>token</c>, <c>string</c> or <c>reference</c> (to a canonical).</param>
/// <param name="Definition">Canonical of its SearchParameter.</param>
/// <param name="Values">What an artefact has to be found by.</param>
public sealed record ArtefactParameter(
    string Code,
    string Kind,
    string Definition,
    Func<JsonElement, IEnumerable<string>> Values
)
{
    /// <summary>Modifiers that may stand behind the code, without the colon.</summary>
    public IReadOnlyList<string> Modifiers => Kind == "string" ? ["exact", "contains"] : [];

    /// <summary>Whether an artefact has a value that is asked for.</summary>
    /// <param name="artefact">The artefact, of a type that has this parameter.</param>
    /// <param name="modifier">One of <see cref="Modifiers"/>, or null.</param>
    /// <param name="asked">Values of which one must match.</param>
    public bool Matches(Artefact artefact, string? modifier, IReadOnlyList<string> asked) =>
        artefact.Values[Code].Any(value => asked.Any(wanted => Matches(value, modifier, wanted)));

    private bool Matches(string value, string? modifier, string asked) =>
        (Kind, modifier) switch
        {
            ("string", null) => value.StartsWith(asked, StringComparison.OrdinalIgnoreCase),
            ("string", "contains") => value.Contains(asked, StringComparison.OrdinalIgnoreCase),
            _ => value == asked,
        };
}
