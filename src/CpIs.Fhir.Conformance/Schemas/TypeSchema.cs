using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>A type that an element may have, with what the type itself demands.</summary>
internal sealed class TypeSchema
{
    private readonly SchemaSet _set;
    private readonly ElementModel _element;
    private StructureSchema? _structure;
    private Constraint[]? _constraints;

    public TypeSchema(TypeModel model, ElementModel element, SchemaSet set)
    {
        _set = set;
        _element = element;
        Model = model;
        // R4 types the id of a resource as a plain string; the text of the specification and every server say id.
        Code = model.Code == "string" && IsResourceId(element.Path) ? "id" : model.Code;
    }

    public TypeModel Model { get; }

    public string Code { get; }

    /// <summary>The definition of the type; null when it is not available.</summary>
    public StructureSchema? Structure => _structure ??= _set.FindType(Code);

    /// <summary>Rules of the type that the element does not repeat. (Published snapshots repeat <c>ele-1</c> only.)</summary>
    public Constraint[] Constraints =>
        _constraints ??= Structure is not { } structure
            ? []
            : [.. structure.Root.Constraints.Where(rule => !_element.Constraints.Any(rule.IsSame))];

    private static bool IsResourceId(string path) =>
        path.EndsWith(".id", StringComparison.Ordinal)
        && path.IndexOf('.', StringComparison.Ordinal) == path.Length - 3
        && path is not "Element.id" and not "Extension.id" and not "BackboneElement.id"
        && char.IsUpper(path[0])
        && IsResource(path[..^3]);

    private static bool IsResource(string type) => ResourceTypes.ContainsOrIsAbstract(type);
}
