using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The words of each problem: resources, profiles, references and extensions.</summary>
internal sealed partial class Walk
{
    private void ReportNoType(FhirNode node) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ResourceType,
            "The resource does not say its type.",
            expected: "resourceType, with the name of a resource type"
        );

    private void ReportUnknownType(FhirNode node, bool isRoot)
    {
        // Whether it is a type of R4 that is not at hand, or none at all.
        var exists = ResourceTypes.Contains(node.ResourceType!);
        var severity = isRoot || !exists ? Error : ValidationSeverity.Warning;
        Tell(
            node,
            severity,
            exists ? "not-supported" : "structure",
            RuleIds.ResourceType,
            exists
                ? $"The definition of {node.ResourceType} is not at hand, so it was not checked."
                : $"{Short(node.ResourceType!)} is not a resource type of R4.",
            found: Short(node.ResourceType!),
            hint: exists ? "Load a package that holds it, such as the whole of hl7.fhir.r4.core." : null
        );
    }

    private void ReportOtherType(FhirNode node, StructureSchema schema) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ResourceType,
            $"A {schema.Type} is expected here.",
            element: schema.Root,
            expected: schema.Type,
            found: node.ResourceType
        );

    private void ReportResourceNotAllowed(FhirNode node, ElementSchema place) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Type,
            $"{place.Name} may not be a {Short(node.ResourceType!)} here.",
            element: place,
            expected: string.Join(" or ", place.Types.Select(type => type.Code)),
            found: Short(node.ResourceType!)
        );

    private void ReportUnknownProfile(FhirNode node, string canonical, ValidationSeverity severity)
    {
        if (!sink.Takes(node, severity, RuleIds.ProfileUnknown, canonical))
            return;
        var near = Nearest(canonical, run.Schemas.Definitions.StructureUrls);
        sink.Add(
            node,
            new ValidationIssue(
                severity,
                "not-found",
                RuleIds.ProfileUnknown,
                $"The profile {Short(canonical)} is not at hand, and was not checked.",
                node.Path
            )
            {
                Found = Short(canonical),
                Hint = near is null ? "Load the package that defines it." : $"Is {near} meant?",
            }
        );
    }

    private void ReportProfileOfOtherType(FhirNode node, string canonical, StructureSchema schema, FhirNode resource) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ProfileUnknown,
            $"The profile {schema.Model.Name} is for {schema.Type}, and this is a {resource.ResourceType}.",
            expected: schema.Type,
            found: resource.ResourceType,
            profile: schema.Url,
            detail: canonical
        );

    private void ReportNoProfileMet(FhirNode node, TypeSchema type) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Profile,
            "None of the profiles is met, of which one must be.",
            expected: string.Join(" or ", type.Model.Profiles)
        );

    private void ReportTargetType(FhirNode node, TypeSchema type, string found) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ReferenceType,
            $"{node.ElementPath ?? node.Name} must refer to {Targeted(type)}.",
            expected: Targeted(type),
            found: Short(found)
        );

    private static string Targeted(TypeSchema type) =>
        string.Join(" or ", type.Model.TargetProfiles.Select(target => target[(target.LastIndexOf('/') + 1)..]));

    private void ReportTargetProfile(FhirNode node, TypeSchema type) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ReferenceProfile,
            "The resource that is referred to does not meet the profile.",
            expected: string.Join(" or ", type.Model.TargetProfiles),
            hint: "Validate the resource against the profile to see why."
        );

    private void ReportUnresolved(FhirNode node, string literal)
    {
        // A contained resource that is not there is ref-1, which runs as an invariant.
        if (!literal.StartsWith('#'))
            Tell(
                node,
                ValidationSeverity.Warning,
                "not-found",
                RuleIds.ReferenceUnresolved,
                "No entry of the Bundle has this fullUrl.",
                expected: "the fullUrl of an entry",
                found: Short(literal)
            );
    }

    private void ReportReferenceForm(FhirNode node, string expected) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ReferenceForm,
            $"This must be {expected}.",
            expected: expected,
            found: Short(node.Text("reference") ?? "")
        );

    private void ReportFullUrl(FhirNode node, string type, string? id) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.FullUrl,
            "The fullUrl is not that of the resource.",
            expected: $"a URL that ends in {type}/{id}",
            found: Shown(node)
        );

    private void ReportUnknownExtension(FhirNode node, string url, bool isModifier)
    {
        var severity = isModifier ? Error : ValidationSeverity.Information;
        var rule = isModifier ? RuleIds.ModifierExtension : RuleIds.ExtensionUnknown;
        Tell(
            node,
            severity,
            isModifier ? "extension" : "not-supported",
            rule,
            isModifier
                ? "The modifier extension is not known, so the meaning of what it stands on is not."
                : "The extension is not known, and was not checked.",
            found: Short(url),
            hint: "Load the package that defines it."
        );
    }

    private void ReportModifier(FhirNode node, StructureModel definition, bool isModifier) =>
        Tell(
            node,
            Error,
            "extension",
            RuleIds.ExtensionContext,
            isModifier
                ? $"The extension {definition.Name} changes no meaning, so it is no modifierExtension."
                : $"The extension {definition.Name} changes the meaning of what it stands on.",
            expected: isModifier ? "in extension" : "in modifierExtension",
            found: $"in {node.Name}",
            profile: definition.Url
        );

    private void ReportExtensionContext(FhirNode node, StructureModel definition, string? invariant) =>
        Tell(
            node,
            Error,
            "extension",
            RuleIds.ExtensionContext,
            $"The extension {definition.Name} does not belong here.",
            expected: invariant is null
                ? $"on {string.Join(", ", definition.Contexts.Select(context => context.Expression))}"
                : $"where {invariant}",
            found: $"on {node.Parent?.ElementPath ?? node.Parent?.Name}",
            profile: definition.Url
        );
}
