using System.Collections.Concurrent;
using System.Globalization;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// Reads definitions from their trees. It is lenient: what a definition leaves out has the default of FHIR. Rules and types that many
/// elements repeat become one object, so that all definitions of one reader are small together. Usable from any thread.
/// </summary>
internal sealed class DefinitionReader
{
    private readonly ConcurrentDictionary<ConstraintModel, ConstraintModel> _constraints = new();
    private readonly ConcurrentDictionary<string, TypeModel[]> _plainTypes = new();

    /// <summary>Reads a StructureDefinition with its snapshot; without one, it has no elements.</summary>
    public StructureModel ReadStructure(FhirNode root) =>
        new(
            root.Text("url") ?? "",
            root.Text("version"),
            root.Text("name") ?? "",
            root.Text("type") ?? "",
            root.Text("kind") ?? "",
            root.Text("baseDefinition"),
            root.Text("derivation") == "constraint",
            root.IsTrue("abstract"),
            [
                .. root.ChildrenNamed("context")
                    .Select(context => new ContextModel(context.Text("type") ?? "", context.Text("expression") ?? "")),
            ],
            root.Child("snapshot") is { } snapshot ? [.. snapshot.ChildrenNamed("element").Select(ReadElement)] : []
        )
        {
            ContextInvariants = root.Texts("contextInvariant"),
        };

    /// <summary>Reads a ValueSet.</summary>
    public static ValueSetModel ReadValueSet(FhirNode root) => CodeReader.ReadValueSet(root);

    /// <summary>Reads a CodeSystem.</summary>
    public static CodeSystemModel ReadCodeSystem(FhirNode root) => CodeReader.ReadCodeSystem(root);

    private ElementModel ReadElement(FhirNode node)
    {
        var path = node.Text("path") ?? "";
        var id = node.Text("id") ?? path;
        var max = Maximum(node.Text("max"));
        var value = node.Choice("fixed") ?? node.Choice("pattern");
        return new ElementModel(id, id == path ? id : path)
        {
            SliceName = node.Text("sliceName"),
            Min = node.Number("min") ?? 0,
            Max = max,
            IsArray =
                path.Contains('.', StringComparison.Ordinal)
                && (node.Child("base") is { } from ? Maximum(from.Text("max")) : max) is null or > 1,
            Types = ReadTypes(node),
            ContentReference = node.Text("contentReference") is { } reference
                ? reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..]
                : null,
            Fixed = Value(node.Choice("fixed")),
            Pattern = Value(node.Choice("pattern")),
            ValueType = value is null ? null : ValueTypes.Of(value.Name),
            MinValue = Value(node.Choice("minValue")),
            MaxValue = Value(node.Choice("maxValue")),
            MaxLength = node.Number("maxLength"),
            MaxSize = decimal.TryParse(
                node.Extension(ExtensionUrls.MaximumSize)?.Value,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var size
            )
                ? size
                : null,
            Regex = RegexOf(node),
            Binding = node.Child("binding") is { } binding ? ReadBinding(binding) : null,
            Constraints = [.. node.ChildrenNamed("constraint").Select(ReadConstraint)],
            Slicing = node.Child("slicing") is { } slicing ? ReadSlicing(slicing) : null,
            Reason = ReasonOf(node.Text("comment")),
            IsModifier = node.IsTrue("isModifier"),
            MustSupport = node.IsTrue("mustSupport"),
        };
    }

    private static string? ReasonOf(string? comment)
    {
        foreach (var word in (ReadOnlySpan<string>)["Required: ", "Prohibited: "])
            if (comment?.StartsWith(word, StringComparison.Ordinal) == true)
                return comment[word.Length..];
        return null;
    }

    private static int? Maximum(string? max) => int.TryParse(max, out var number) ? number : null;

    /// <summary>Lets go of the definition around a value, which would be kept in memory with it.</summary>
    private static FhirNode? Value(FhirNode? node)
    {
        if (node is not null)
            node.Parent = null;
        return node;
    }

    private TypeModel[] ReadTypes(FhirNode element)
    {
        var types = element.ChildrenNamed("type").Select(ReadType).ToArray();
        return types is [{ Profiles.Count: 0, TargetProfiles.Count: 0, Versioning: null, Aggregation: null } plain]
            ? _plainTypes.GetOrAdd(plain.Code, _ => types)
            : types;
    }

    private static TypeModel ReadType(FhirNode node) =>
        new(
            ValueTypes.CodeOf(node),
            node.Texts("profile"),
            node.Texts("targetProfile"),
            node.Text("versioning"),
            node.Child("aggregation") is null ? null : node.Texts("aggregation")
        );

    private static BindingModel ReadBinding(FhirNode node) =>
        new(
            node.Text("strength") ?? "example",
            node.Text("valueSet"),
            node.Extension(ExtensionUrls.MaximumValueSet)?.Value
        );

    private ConstraintModel ReadConstraint(FhirNode node)
    {
        var read = new ConstraintModel(
            node.Text("key") ?? "",
            node.Text("severity") == "warning",
            node.Text("human") ?? "",
            node.Text("expression"),
            node.Text("source"),
            node.Extension(ExtensionUrls.BestPractice)?.Value == "true"
        );
        return _constraints.GetOrAdd(read, read);
    }

    private static SlicingModel ReadSlicing(FhirNode node) =>
        new(
            [
                .. node.ChildrenNamed("discriminator")
                    .Select(d => new DiscriminatorModel(d.Text("type") ?? "value", d.Text("path") ?? "$this")),
            ],
            node.Text("rules") ?? "open",
            node.IsTrue("ordered")
        );

    /// <summary>The form that a profile demands; those of R4's own simple types are judged by <see cref="Validation.PrimitiveFormats"/>.</summary>
    private static string? RegexOf(FhirNode node) =>
        node.Text("path") is [>= 'a' and <= 'z', ..]
            ? null
            : (node.Extension(ExtensionUrls.Regex) ?? node.Child("type")?.Extension(ExtensionUrls.Regex))?.Value;
}
