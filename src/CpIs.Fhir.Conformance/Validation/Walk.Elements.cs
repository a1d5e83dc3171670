using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Elements: their form, their value, their children, the profiles of their type.</summary>
internal sealed partial class Walk
{
    /// <summary>All that an element demands of a node, and what the type does that the node has.</summary>
    public void Element(FhirNode node, ElementSchema element, TypeSchema? type)
    {
        if (sink.IsDone)
            return;
        var kind = type?.Structure?.Kind ?? FhirKind.Complex;
        if (kind == FhirKind.Resource)
        {
            Inner(node, element);
            return;
        }

        node.ElementName = element.Name;
        node.ElementPath = element.Model.Path;
        node.Type = type?.Code;
        if (!sink.IsSilent)
            node.ElementId ??= element.Model.Id;
        if (!HasForm(node, element, kind, type))
            return;
        if (node.ResourceType is not null)
            ReportStrayType(node);
        var before = sink.Errors;
        if (node.Value is not null && type is not null)
        {
            if (!Value(node, type))
                return; // what is written wrongly is neither in a value set nor equal to anything
            Limits(node, element);
        }

        if (type?.Code is "Quantity" or "SimpleQuantity" or "Age" or "Duration" or "Money")
            QuantityLimits(node, element);
        Fixed(node, element);
        if (element.Model.Binding is { ValueSet: not null } binding && type is not null)
            Binding(node, element, type, binding);
        OfType(node, element, type?.Code);
        var profile = ProfileOf(node, element, type);
        if (kind != FhirKind.Xhtml && (profile is null || element.Inline is not null))
            if (element.ChildrenFor(type) is { } table)
                Children(node, table);
        if (type is { Code: "Reference" })
            Reference(node, type);
        if (profile is not null)
            Apply(node, profile);
        else if (type is { Model.Profiles.Count: > 1 })
            OneOf(node, type);
        Rules(node, element, type, before);
    }

    /// <summary>What R4 says in words only of the values of some types.</summary>
    private void OfType(FhirNode node, ElementSchema element, string? type)
    {
        switch (type)
        {
            case "Coding":
                Coding(node);
                break;
            case "Identifier":
                Identifier(node);
                break;
            case "Attachment":
                Attachment(node, element);
                break;
            case "Meta":
                SecurityLabels(node);
                break;
            case "uri" when element.Name == "url":
                CanonicalUrl(node);
                break;
            case "id" or "string" when element.Name == "id":
                ElementId(node);
                break;
        }
    }

    /// <summary>The one profile that the value must meet: the type's, or for an extension the one that its URL names.</summary>
    private StructureSchema? ProfileOf(FhirNode node, ElementSchema element, TypeSchema? type)
    {
        if (type is null)
            return null;
        var profile = type.Model.Profiles is [var only] ? run.Schemas.Find(only) : null;
        return type.Code == "Extension" ? Extension(node, element, profile) : profile;
    }

    /// <summary>The value must meet one of several profiles.</summary>
    private void OneOf(FhirNode node, TypeSchema type)
    {
        var unknown = false;
        foreach (var canonical in type.Model.Profiles)
            if (run.Schemas.Find(canonical) is not { } schema)
                unknown = true;
            else if (run.Questions.Meets(node, schema))
                return;
        if (unknown)
            ReportUnknownProfile(node, string.Join(", ", type.Model.Profiles), ValidationSeverity.Warning);
        else
            ReportNoProfileMet(node, type);
    }

    /// <summary>Whether an object, a value or XHTML is where one belongs. What has the wrong form is not looked at further.</summary>
    private bool HasForm(FhirNode node, ElementSchema element, FhirKind kind, TypeSchema? type)
    {
        if (node.Form is FhirValueForm.Null or FhirValueForm.Array)
        {
            ReportForm(node, element, Describe(kind, type));
            return false;
        }

        // XML writes all elements alike, and only a value tells a primitive.
        var isRight =
            run.Source.IsXml ? kind != FhirKind.Complex || node.Value is null
            : kind == FhirKind.Complex ? node.IsObject
            : !node.IsObject;
        if (!isRight || node.IsMisplaced)
            ReportForm(node, element, Describe(kind, type));
        return isRight && !node.IsMisplaced;
    }

    private static string Describe(FhirKind kind, TypeSchema? type) =>
        kind switch
        {
            FhirKind.Complex => $"an object ({type?.Code ?? "element"})",
            FhirKind.Xhtml => "XHTML",
            _ => $"a value ({type!.Code})",
        };
}
