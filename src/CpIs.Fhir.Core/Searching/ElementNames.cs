using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Searching;

/// <summary>The elements that R4 has at the top of a resource, by which <c>_elements</c> asks for a part of it.</summary>
internal static class ElementNames
{
    /// <summary>Their names, without a choice's <c>[x]</c>, in ordinal order.</summary>
    /// <param name="type">A resource type of R4.</param>
    public static IReadOnlyList<string> Of(string type) =>
        [
            .. ModelInfo
                .ModelInspector.FindClassMapping(type)!
                .PropertyMappings.Select(element => element.Name)
                .Order(StringComparer.Ordinal),
        ];
}
