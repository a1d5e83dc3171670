using System.Globalization;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>One item of a collection: an element of the source, or a value that an expression made.</summary>
internal readonly struct PathItem
{
    private readonly string? _text;

    private PathItem(PathKind kind, FhirNode? node, string? text, decimal number)
    {
        (Kind, Node, _text, Number) = (kind, node, text, number);
    }

    /// <summary>What it is; an element that holds a number or a boolean is one.</summary>
    public PathKind Kind { get; }

    /// <summary>The element; null for a made value.</summary>
    public FhirNode? Node { get; }

    public decimal Number { get; }

    public bool IsTrue => Number != 0;

    /// <summary>Text of a string, a number or a boolean; null for an element without value.</summary>
    public string? Text =>
        _text
        ?? Kind switch
        {
            PathKind.Number => Number.ToString(CultureInfo.InvariantCulture),
            PathKind.Boolean => IsTrue ? "true" : "false",
            _ => null,
        };

    public static PathItem Of(bool value) => new(PathKind.Boolean, null, null, value ? 1 : 0);

    public static PathItem Of(decimal value) => new(PathKind.Number, null, null, value);

    public static PathItem Of(string value) => new(PathKind.Text, null, value, 0);

    /// <summary>An element. In XML only its type tells a number from a text; where that is not known yet the frame cannot decide.</summary>
    public static PathItem Of(FhirNode node, PathFrame frame)
    {
        switch (node.Form)
        {
            case FhirValueForm.Text:
                return new PathItem(PathKind.Text, node, node.Value, 0);
            case FhirValueForm.Boolean:
                return new PathItem(PathKind.Boolean, node, node.Value, node.Value == "true" ? 1 : 0);
            case FhirValueForm.Number:
                return OfNumber(node, frame);
            case FhirValueForm.Attribute:
                return OfAttribute(node, frame);
            default:
                return new PathItem(PathKind.Element, node, null, 0);
        }
    }

    private static PathItem OfNumber(FhirNode node, PathFrame frame)
    {
        if (!decimal.TryParse(node.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            frame.GiveUp();
        return new PathItem(PathKind.Number, node, node.Value, number);
    }

    private static PathItem OfAttribute(FhirNode node, PathFrame frame)
    {
        switch (node.Type)
        {
            case null:
                frame.GiveUp();
                return default;
            case "boolean":
                return new PathItem(PathKind.Boolean, node, node.Value, node.Value == "true" ? 1 : 0);
            case "integer" or "decimal" or "positiveInt" or "unsignedInt":
                return OfNumber(node, frame);
            default:
                return new PathItem(PathKind.Text, node, node.Value, 0);
        }
    }

    /// <summary>A text that is the same for items that are equal: what sets of items are made by.</summary>
    public string Key => Node is { Nodes.Length: > 0 } ? PathKey.Of(Node) : $"{(char)('a' + (int)Kind)}{Text}";
}

/// <summary>What an item is.</summary>
internal enum PathKind
{
    /// <summary>An element without value of its own.</summary>
    Element,

    /// <summary>A string, a code, a date: whatever is written as text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,
}
