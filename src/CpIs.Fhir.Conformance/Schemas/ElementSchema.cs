using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>One element of a definition, compiled: its rules, its children and its slices.</summary>
internal sealed class ElementSchema
{
    private static readonly Regex Anything = new("", RegexOptions.NonBacktracking);

    private Constraint[]? _own;
    private Regex? _form;

    public ElementSchema(ElementModel model, StructureModel structure, SchemaSet set)
    {
        Model = model;
        Structure = structure;
        Set = set;
        var name = model.Path[(model.Path.LastIndexOf('.') + 1)..];
        IsChoice = name.EndsWith("[x]", StringComparison.Ordinal);
        Name = IsChoice ? name[..^3] : name;
        Max = model.Max ?? int.MaxValue;
        Types = [.. model.Types.Select(type => new TypeSchema(type, model, set))];
    }

    public ElementModel Model { get; }

    /// <summary>The definition that this element is in: a breach is reported with its canonical.</summary>
    public StructureModel Structure { get; }

    public SchemaSet Set { get; }

    /// <summary>Without <c>[x]</c>.</summary>
    public string Name { get; }

    public bool IsChoice { get; }

    public int Min => Model.Min;

    /// <summary><see cref="int.MaxValue"/> for any number.</summary>
    public int Max { get; }

    public TypeSchema[] Types { get; }

    /// <summary>The element's own children; null when they are those of its type.</summary>
    public ChildTable? Inline { get; set; }

    /// <summary>How occurrences are told apart; null when they are not.</summary>
    public SliceSet? Slices { get; set; }

    /// <summary>The element whose children this one has too; null when there is none.</summary>
    public ElementSchema? Shared { get; set; }

    /// <summary>The form that a text must have; null where none is stated, or it is one that cannot be tried in linear time.</summary>
    public Regex? Form => Model.Regex is null ? null : _form ??= Compile(Model.Regex);

    /// <summary>True when nothing may be there.</summary>
    public bool IsProhibited => Max == 0;

    /// <summary>The element's own rules, with those of the element that it refers to, without those of its type.</summary>
    public Constraint[] Constraints =>
        _own ??= [
            .. Model.Constraints.Select(rule => Set.Constraints.Get(rule, Structure)),
            .. Shared?.Constraints.Where(rule => !Model.Constraints.Any(rule.IsSame)) ?? [],
        ];

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex($@"^(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Anything;
        }
    }

    /// <summary>The one profile or type definition by which the children are known when none are stated here.</summary>
    public ChildTable? ChildrenFor(TypeSchema? type) => Inline ?? Shared?.Inline ?? type?.Structure?.Root.Inline;
}
