using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// One walk over a resource next to the schemas that it must meet. This part: resources, wherever they stand.
/// </summary>
internal sealed partial class Walk(Run run, IssueSink sink)
{
    /// <summary>The outermost resource.</summary>
    public void Root(FhirNode node, IReadOnlyList<string> profiles)
    {
        node.IsObject = true;
        Resource(node, null, profiles, isRoot: true);
    }

    /// <summary>All that a definition demands of a node: of an element when it defines a type, of a whole resource when it defines one.</summary>
    public void Apply(FhirNode node, StructureSchema schema)
    {
        if (
            schema.Kind == FhirKind.Resource
            && node.ResourceType != schema.Type
            && !ResourceTypes.IsAbstract(schema.Type)
        )
        {
            ReportOtherType(node, schema);
            return;
        }

        var before = sink.Errors;
        if (schema.Kind == FhirKind.Primitive && schema.Root.Inline is { } table)
            Children(node, table);
        else
            Whole(node, schema.Root);
        if (schema.Url == UploadProfile)
            Agreement(node, schema, before);
        else
            Rules(node, schema.Root.Constraints, before);
    }

    private void Whole(FhirNode node, ElementSchema root)
    {
        Fixed(node, root);
        if (root.Inline is { } table)
            Children(node, table);
    }

    /// <summary>A resource in another: an entry's, a parameter's, a contained one.</summary>
    private void Inner(FhirNode node, ElementSchema element)
    {
        node.ElementName = element.Name;
        if (!sink.IsSilent)
            node.ElementId ??= element.Model.Id;
        if (!node.IsObject && !run.Source.IsXml)
        {
            ReportForm(node, element, "a resource");
            return;
        }

        Resource(node, element, []);
    }

    private void Resource(FhirNode node, ElementSchema? place, IReadOnlyList<string> wanted, bool isRoot = false)
    {
        if (node.ResourceType is not { } type)
        {
            ReportNoType(node);
            return;
        }

        if (place is not null && !Allows(place, type))
        {
            ReportResourceNotAllowed(node, place);
            return;
        }

        (node.Type, node.ElementPath) = (type, type);
        if (run.Schemas.FindType(type) is not { Kind: FhirKind.Resource, Model.IsAbstract: false } own)
        {
            ReportUnknownType(node, isRoot);
            return;
        }

        var applied = new List<StructureSchema>(2);
        foreach (var canonical in wanted)
            Choose(node, canonical, ValidationSeverity.Error, applied);
        foreach (var option in place?.Types ?? [])
            if (option.Code != type && !ResourceTypes.IsAbstract(option.Code))
                continue;
            else if (option.Model.Profiles is [var only])
                Choose(node, only, ValidationSeverity.Warning, applied);
            else if (option.Model.Profiles.Count > 1)
                OneOf(node, option);
        if (run.Options.UseClaimedProfiles && node.Child("meta") is { } meta)
            foreach (var claim in meta.ChildrenNamed("profile"))
                if (claim.Value is { Length: > 0 } canonical)
                    Choose(claim, canonical, WhenUnknown(canonical), applied, node);
        // A profile of any resource says nothing of what the resource's own type has.
        if (applied.TrueForAll(schema => ResourceTypes.IsAbstract(schema.Type)))
            applied.Add(own);
        foreach (var schema in applied)
        {
            if (!sink.IsSilent)
                run.Applied.Add((node, schema));
            Apply(node, schema);
            if (isRoot)
                run.AppliedToRoot.Add(schema.Url);
        }

        if (type == "Bundle")
            Bundle(node);
    }

    private static bool Allows(ElementSchema place, string type)
    {
        foreach (var option in place.Types)
            if (ResourceTypes.IsAbstract(option.Code) || option.Code == type)
                return true;
        return false;
    }

    /// <summary>A claim to a profile of others cannot be checked; one under our own address is to a profile that does not exist.</summary>
    private static ValidationSeverity WhenUnknown(string canonical) =>
        canonical.StartsWith(FhirSystems.Own + "/", StringComparison.Ordinal)
            ? ValidationSeverity.Error
            : ValidationSeverity.Information;

    /// <summary>Finds a profile to apply; says so where it is not available or is for another type.</summary>
    private void Choose(
        FhirNode place,
        string canonical,
        ValidationSeverity whenUnknown,
        List<StructureSchema> applied,
        FhirNode? resource = null
    )
    {
        resource ??= place;
        if (run.Schemas.Find(canonical) is not { } schema)
            ReportUnknownProfile(place, canonical, whenUnknown);
        else if (schema.Type != resource.ResourceType && !ResourceTypes.IsAbstract(schema.Type))
            ReportProfileOfOtherType(place, canonical, schema, resource);
        else if (!applied.Contains(schema))
            applied.Add(schema);
    }
}
