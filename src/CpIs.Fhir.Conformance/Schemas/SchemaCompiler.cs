using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>Makes the tree of a definition from its snapshot, which is a list of elements with paths for ids.</summary>
internal sealed class SchemaCompiler
{
    private readonly StructureModel _model;
    private readonly SchemaSet _set;
    private readonly Dictionary<string, ElementSchema> _byId = [];
    private readonly Dictionary<string, List<ElementSchema>> _children = [];
    private readonly Dictionary<string, List<ElementSchema>> _slices = [];

    private SchemaCompiler(StructureModel model, SchemaSet set)
    {
        _model = model;
        _set = set;
    }

    public static StructureSchema Compile(StructureModel model, SchemaSet set) =>
        new SchemaCompiler(model, set).Compile();

    private StructureSchema Compile()
    {
        foreach (var element in _model.Elements)
            Place(element);
        // Children come after their parents in a snapshot, so the last ones are whole first.
        foreach (var element in _model.Elements.Reverse())
            Finish(element.Id);
        return new StructureSchema(_model, _byId[_model.Elements[0].Id]);
    }

    private void Place(ElementModel model)
    {
        var element = new ElementSchema(model, _model, _set);
        _byId[model.Id] = element;
        var dot = model.Id.LastIndexOf('.');
        if (dot < 0)
            return;
        var colon = model.Id.IndexOf(':', dot);
        if (colon < 0)
            Add(_children, model.Id[..dot], element);
        else if (model.Id.IndexOf('/', colon) < 0)
            Add(_slices, model.Id[..colon], element);
        else // a re-slice belongs to the slice before its last slash
            Add(_slices, model.Id[..model.Id.LastIndexOf('/')], element);
    }

    private void Finish(string id)
    {
        var element = _byId[id];
        if (_children.TryGetValue(id, out var children))
            element.Inline = new ChildTable(children);
        if (element.Model.ContentReference is { } reference)
            element.Shared = FindShared(reference);
        if (_slices.TryGetValue(id, out var slices))
            element.Slices = SlicesOf(element, slices);
    }

    /// <summary>A content reference means the element as the type defines it, not as this profile constrains it.</summary>
    private ElementSchema? FindShared(string reference)
    {
        if (!_model.IsProfile)
            return _byId.GetValueOrDefault(reference);
        var place = reference.Split('.');
        var at = _set.FindType(place[0])?.Root;
        foreach (var name in place.Skip(1))
            at = at?.Inline?.Find(name);
        return at;
    }

    private SliceSet SlicesOf(ElementSchema element, List<ElementSchema> slices)
    {
        var slicing = element.Model.Slicing;
        // Where a snapshot leaves the slicing out, extensions are told apart by URL and choices by type (R4, profiling.html#slicing).
        var discriminators =
            slicing?.Discriminators
            ??
            [
                element.IsChoice
                    ? new DiscriminatorModel("type", "$this")
                    : new DiscriminatorModel(
                        "value",
                        element.Name is "extension" or "modifierExtension" ? "url" : "$this"
                    ),
            ];
        return new SliceSet(
            [
                .. slices.Select(slice => new SliceSchema(
                    slice.Model.SliceName![(slice.Model.SliceName!.LastIndexOf('/') + 1)..],
                    slice,
                    SliceTestCompiler.Compile(discriminators, slice, _set),
                    Coverage.Covers(slice, element)
                )),
            ],
            slicing?.Rules ?? "open",
            slicing?.Ordered ?? false
        );
    }

    private static void Add(Dictionary<string, List<ElementSchema>> lists, string key, ElementSchema element)
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(element);
    }
}
