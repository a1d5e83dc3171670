using System.Collections.Concurrent;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>
/// The schemas of all definitions available, each compiled when it is first needed and kept. A schema is immutable; what it refers to
/// (types, profiles) it looks up here, for definitions refer to each other in circles.
/// </summary>
internal sealed class SchemaSet(IDefinitions definitions)
{
    private readonly ConcurrentDictionary<string, StructureSchema?> _byCanonical = new();
    private readonly ConcurrentDictionary<StructureModel, StructureSchema> _byModel = new(
        ReferenceEqualityComparer.Instance
    );

    public IDefinitions Definitions => definitions;

    public ConstraintSet Constraints { get; } = new();

    /// <summary>The schema of a canonical; null when its definition is not available.</summary>
    public StructureSchema? Find(string canonical)
    {
        if (_byCanonical.TryGetValue(canonical, out var found))
            return found;
        var model = definitions.FindStructure(canonical);
        // What is unknown is not remembered: instances name what they like, and memory is not theirs to fill.
        if (model is null)
            return null;
        return _byCanonical.GetOrAdd(canonical, Compiled(model));
    }

    /// <summary>With and without version a canonical may name one definition.</summary>
    private StructureSchema Compiled(StructureModel model) =>
        _byModel.GetOrAdd(model, _ => SchemaCompiler.Compile(model, this));

    /// <summary>The schema of a FHIR type, such as <c>Period</c>; null when it is not available.</summary>
    public StructureSchema? FindType(string type) => Find(Canonicals.R4 + type);
}
