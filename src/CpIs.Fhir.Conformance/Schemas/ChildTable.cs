using System.Collections.Frozen;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>The children of an element by the names that instances write: <c>valueString</c> leads to <c>value[x]</c> with its type.</summary>
internal sealed class ChildTable
{
    private readonly FrozenDictionary<string, ChildName> _byName;

    public ChildTable(IReadOnlyList<ElementSchema> elements)
    {
        Elements = [.. elements];
        var names = new Dictionary<string, ChildName>();
        for (var at = 0; at < Elements.Length; at++)
        {
            var element = Elements[at];
            if (!element.IsChoice)
                names[element.Name] = new ChildName(at, element.Types.Length > 0 ? element.Types[0] : null);
            else
                foreach (var type in element.Types)
                    names[element.Name + Capitalised(type.Code)] = new ChildName(at, type);
        }

        _byName = names.ToFrozenDictionary();
    }

    public ElementSchema[] Elements { get; }

    public bool TryFind(string name, out ChildName child) => _byName.TryGetValue(name, out child);

    public ElementSchema? Find(string elementName)
    {
        foreach (var element in Elements)
            if (element.Name == elementName)
                return element;
        return null;
    }

    /// <summary>The choice element that a name belongs to although its type is not allowed; null when there is none.</summary>
    public ElementSchema? FindChoice(string name)
    {
        foreach (var element in Elements)
            if (element.IsChoice && ChoiceTypes.IsChoiceName(element.Name, name))
                return element;
        return null;
    }

    /// <summary>Names that instances may write.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    private static string Capitalised(string type) => char.ToUpperInvariant(type[0]) + type[1..];
}

/// <summary>What a name in an instance leads to.</summary>
/// <param name="At">Place of the element in its table.</param>
/// <param name="Type">The type that the name tells, or the only one; null for a content reference and where a resource tells its own.</param>
internal readonly record struct ChildName(int At, TypeSchema? Type);
