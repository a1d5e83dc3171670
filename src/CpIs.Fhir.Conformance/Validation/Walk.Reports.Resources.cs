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
            "resourceType is missing.",
            expected: "resourceType, with the name of a resource type"
        );

    private void ReportUnknownType(FhirNode node, bool isRoot)
    {
        // Whether it is a type of R4 that is not available, or none at all.
        var exists = ResourceTypes.Contains(node.ResourceType!);
        var severity = isRoot || !exists ? Error : ValidationSeverity.Warning;
        Tell(
            node,
            severity,
            exists ? "not-supported" : "structure",
            RuleIds.ResourceType,
            exists
                ? $"{node.ResourceType} was not checked: its definition is not available."
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
            $"The resource must be a {schema.Type}.",
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
            $"{place.Name} must not be a {Short(node.ResourceType!)}.",
            element: place,
            expected: string.Join(" or ", place.Types.Select(type => type.Code)),
            found: Short(node.ResourceType!)
        );

    private void ReportUnknownProfile(FhirNode node, string canonical, ValidationSeverity severity)
    {
        if (!sink.Takes(node, severity, RuleIds.ProfileUnknown, canonical))
            return;
        var problem = run.Schemas.Definitions.ProblemOf(canonical);
        var near = problem is null ? NearCanonicals.Of(run.Schemas.Definitions, canonical).FirstOrDefault() : null;
        sink.Add(
            node,
            new ValidationIssue(
                severity,
                "not-found",
                RuleIds.ProfileUnknown,
                problem is null
                    ? $"The profile {Short(canonical)} was not checked: it is not available."
                    : $"The profile {Short(canonical)} was not checked. {problem}",
                node.Path
            )
            {
                Found = Short(canonical),
                Hint =
                    problem is not null ? null
                    : near is null ? "Load the package that defines it."
                    : $"Is {near} meant?",
            }
        );
    }

    private void ReportProfileOfOtherType(FhirNode node, string canonical, StructureSchema schema, FhirNode resource) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.ProfileUnknown,
            $"The profile {schema.Model.Name} is for {schema.Type}, not for {resource.ResourceType}.",
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
            "The resource must meet one of the expected profiles, and meets none.",
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
            "The reference leads to a resource that does not meet the profile.",
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

    private void ReportNoFullUrl(FhirNode entry) =>
        Tell(
            entry,
            Error,
            "required",
            RuleIds.FullUrl,
            "Except in transactions and batches, each entry must have a fullUrl, which is the identity of its resource.",
            hint: "Without a URL of its own, a resource has urn:uuid: and a new UUID.",
            at: $"{entry.Path}.fullUrl"
        );

    private void ReportRelativeFullUrl(FhirNode node) =>
        Tell(
            node,
            Error,
            "value",
            RuleIds.FullUrl,
            "A fullUrl must be absolute.",
            expected: "a URL such as https://example.org/fhir/Patient/123, or urn:uuid: and a UUID",
            found: Shown(node)
        );

    private void ReportNotInDocument(FhirNode reference, string literal) =>
        Tell(
            reference,
            Error,
            "not-found",
            RuleIds.ReferenceUnresolved,
            "What a Composition refers to must be in its document. No entry has this fullUrl.",
            expected: "the fullUrl of an entry",
            found: Short(literal)
        );

    private void ReportFullUrl(FhirNode node, string type, string? id) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.FullUrl,
            "The fullUrl must be that of the resource.",
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
                ? "This modifier extension is unknown, so the meaning of its element is unknown too."
                : "This extension is unknown, and was not checked.",
            found: Short(url),
            hint: "Load the package that defines it."
        );
    }

    private void ReportUnknownPart(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            Error,
            "extension",
            RuleIds.ExtensionUnknown,
            $"The extension {element.Structure.Name} has no part of this name.",
            expected: string.Join(", ", element.Slices!.Slices.Select(slice => slice.Name)),
            found: Short(node.Text("url")!),
            profile: element.Structure.Url
        );

    private void ReportAddress(FhirNode node, string fault) =>
        Tell(node, Error, "value", RuleIds.Address, fault, found: Shown(node));

    private void ReportDuplicate(FhirNode node, string fault) =>
        Tell(node, Error, "duplicate", RuleIds.Duplicate, fault, found: Shown(node));

    private void ReportAttachmentSize(FhirNode node, ElementSchema element, string fault) =>
        Tell(node, Error, "value", RuleIds.AttachmentSize, fault, profile: element.Structure.Url);

    private void ReportEntry(FhirNode entry, string fault, string? at = null) =>
        Tell(entry, Error, "structure", RuleIds.BundleEntry, fault, at: at, detail: at);

    private void ReportOtherTypeTold(FhirNode reference, string told, string found) =>
        Tell(
            reference,
            Error,
            "structure",
            RuleIds.ReferenceType,
            $"The reference says that it is to {Short(told)}, and leads to {Short(found)}.",
            expected: Short(found),
            found: Short(told),
            detail: "type"
        );

    /// <summary>Within a Bundle it could lead to an entry only; elsewhere a server may know what is meant.</summary>
    private void ReportRelativeForm(FhirNode reference, string literal) =>
        Tell(
            reference,
            run.Targets.IsBundle ? Error : ValidationSeverity.Warning,
            "value",
            RuleIds.ReferenceForm,
            "A relative reference is the type and the id of a resource, such as Patient/123.",
            found: Short(literal),
            detail: "relative"
        );

    private void ReportModifier(FhirNode node, StructureModel definition, bool isModifier) =>
        Tell(
            node,
            Error,
            "extension",
            RuleIds.ExtensionContext,
            isModifier
                ? $"The extension {definition.Name} does not change the meaning of its element, so it is not a modifierExtension."
                : $"The extension {definition.Name} changes the meaning of its element, so it must be a modifierExtension.",
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
            $"The extension {definition.Name} is not allowed here.",
            expected: invariant is null
                ? $"on {string.Join(", ", definition.Contexts.Select(context => context.Expression))}"
                : $"where {invariant}",
            found: $"on {node.Parent?.ElementPath ?? node.Parent?.Name}",
            profile: definition.Url
        );
}
