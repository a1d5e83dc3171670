using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Extensions: each is known by its URL and must be where its definition lets it.</summary>
internal sealed partial class Walk
{
    /// <summary>The definition that an extension must meet: the one that its URL names, or the one that its slice names.</summary>
    private StructureSchema? Extension(FhirNode node, ElementSchema element, StructureSchema? byProfile)
    {
        var url = node.Text("url");
        var isNested = node.Parent is { Type: "Extension" };
        // Inside a complex extension a part has a name of its own, which is no URL.
        if (url is null || isNested && !url.Contains(':', StringComparison.Ordinal))
            return byProfile;
        if (IsRelative(url))
        {
            ReportAddress(node.Child("url")!, "The URL of an extension must be absolute.");
            return byProfile;
        }

        if (url.Contains('|', StringComparison.Ordinal))
        {
            ReportAddress(node.Child("url")!, "The URL of an extension has no version.");
            return byProfile;
        }

        var definition = byProfile?.Url == url ? byProfile : run.Schemas.Find(url);
        if (definition is null)
        {
            if (byProfile is null && element.Inline?.Find("url")?.Model.Fixed is null)
                ReportUnknownExtension(node, url, element.Name == "modifierExtension");
            return byProfile;
        }

        if (definition.Type != "Extension")
        {
            ReportUnknownExtension(node, url, element.Name == "modifierExtension");
            return byProfile;
        }

        var isModifier = element.Name == "modifierExtension";
        if (definition.Model.Elements[0].IsModifier != isModifier)
            ReportModifier(node, definition.Model, isModifier);
        else
            Context(node, definition.Model);
        if (byProfile is not null && !ReferenceEquals(byProfile, definition))
            Apply(node, byProfile);
        return definition;
    }

    private void Context(FhirNode node, StructureModel definition)
    {
        if (node.Parent is not { } parent || definition.Contexts.Count == 0)
            return;
        foreach (var context in definition.Contexts)
            if (IsIn(parent, context))
            {
                foreach (var invariant in definition.ContextInvariants)
                    if (run.Evaluation.IsFalse(run.Schemas.Constraints.Compile(invariant), parent))
                        ReportExtensionContext(node, definition, invariant);
                return;
            }

        ReportExtensionContext(node, definition, null);
    }

    private bool IsIn(FhirNode parent, ContextModel context) =>
        context.Type switch
        {
            "extension" => parent.Type == "Extension" && parent.Text("url") == context.Expression,
            "fhirpath" => run.Evaluation.Selects(run.Schemas.Constraints.Compile(context.Expression), parent) ?? true,
            _ => IsElement(parent, context.Expression),
        };

    /// <summary>An element context is a path from a resource or a type, or a type (with those that derive from it).</summary>
    private bool IsElement(FhirNode parent, string expression)
    {
        expression = expression.Replace("[x]", "", StringComparison.Ordinal);
        if (expression == "Element")
            return true;
        if (Without(parent.ElementPath) == expression || IsAt(parent, expression))
            return true;
        if (parent.Parent is { Type: { } outer } && $"{outer}.{parent.ElementName}" == expression)
            return true;
        for (var type = parent.Type; type is not null; )
        {
            if (type == expression)
                return true;
            var schema = run.Schemas.FindType(type);
            type = schema?.Model.Base is { } above ? above[(above.LastIndexOf('/') + 1)..] : null;
        }

        return false;
    }

    /// <summary>Whether a node is at a path of names from its resource, such as <c>Patient.name.family</c>.</summary>
    private static bool IsAt(FhirNode node, string path)
    {
        var names = path.Split('.');
        var at = node;
        for (var name = names.Length - 1; name > 0; name--)
        {
            if (at.ElementName != names[name] || at.ResourceType is not null || at.Parent is not { } above)
                return false;
            at = above;
        }

        return at.ResourceType == names[0];
    }

    private static string? Without(string? path) => path?.Replace("[x]", "", StringComparison.Ordinal);
}
