using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>What definitions ask of a node again and again.</summary>
internal static class NodeTexts
{
    public static bool IsTrue(this FhirNode node, string name) => node.Text(name) == "true";

    public static string[] Texts(this FhirNode node, string name) =>
        [.. node.ChildrenNamed(name).Select(child => child.Value).OfType<string>()];

    public static int? Number(this FhirNode node, string name) =>
        int.TryParse(node.Text(name), out var number) ? number : null;

    /// <summary>Value of an extension, whatever its type; null where it has none.</summary>
    public static FhirNode? Extension(this FhirNode node, string url)
    {
        foreach (var extension in node.ChildrenNamed("extension"))
            if (extension.Text("url") == url)
                foreach (var child in extension.Children)
                    if (child.Name.StartsWith("value", StringComparison.Ordinal))
                        return child;
        return null;
    }

    /// <summary>The child of a choice element such as <c>fixed[x]</c>.</summary>
    public static FhirNode? Choice(this FhirNode node, string prefix)
    {
        foreach (var child in node.Children)
            if (
                child.Name.Length > prefix.Length
                && char.IsAsciiLetterUpper(child.Name[prefix.Length])
                && child.Name.StartsWith(prefix, StringComparison.Ordinal)
            )
                return child;
        return null;
    }
}
