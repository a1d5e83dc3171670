using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>A StructureDefinition, compiled.</summary>
internal sealed class StructureSchema(StructureModel model, ElementSchema root)
{
    public StructureModel Model => model;

    public string Url => model.Url;

    public string Type => model.Type;

    public ElementSchema Root => root;

    public FhirKind Kind { get; } =
        model.Kind switch
        {
            "resource" => FhirKind.Resource,
            "primitive-type" when model.Type == "xhtml" => FhirKind.Xhtml,
            "primitive-type" => FhirKind.Primitive,
            _ => FhirKind.Complex,
        };
}

/// <summary>How values of a type are written.</summary>
internal enum FhirKind
{
    /// <summary>An object with elements.</summary>
    Complex,

    /// <summary>A value, perhaps with id and extensions next to it.</summary>
    Primitive,

    /// <summary>The XHTML of a narrative.</summary>
    Xhtml,

    /// <summary>An object that names its own type.</summary>
    Resource,
}
