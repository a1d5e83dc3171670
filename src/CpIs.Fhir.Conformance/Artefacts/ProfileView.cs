using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A profile as people are shown it: its elements with their reasons, its rules, and how it differs from R4.</summary>
public sealed class ProfileView
{
    private const int AnyType = 20;
    private const string SystemTypes = "http://hl7.org/fhirpath/System.";

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly string[] Decisions = ["Required", "Optional", "Prohibited"];

    private readonly IDefinitions _definitions;

    private ProfileView(IDefinitions definitions, StructureModel model, JsonElement json)
    {
        _definitions = definitions;
        Model = model;
        Rows =
        [
            .. json.GetProperty("snapshot")
                .Items("element")
                .Zip(model.Elements)
                .Where(pair => !IsValueOfPrimitive(pair.First))
                .Select(pair => Row(pair.First, pair.Second)),
        ];
        Rules =
        [
            .. Rows.Where(row => !row.IsProhibited)
                .SelectMany(row => row.Element.Constraints.Select(rule => (rule, row.Element.Id)))
                .Where(placed => IsOwn(placed.rule))
                .GroupBy(placed => placed.rule.Key, StringComparer.Ordinal)
                .Select(same => new PlacedRule(same.First().rule, [.. same.Select(placed => placed.Id)])),
        ];
    }

    /// <summary>What the validator reads of it.</summary>
    public StructureModel Model { get; }

    /// <summary>The elements in their order, the root first. What stands inside a primitive is left out.</summary>
    public IReadOnlyList<ElementRow> Rows { get; }

    /// <summary>The rules that our profiles add, each once.</summary>
    public IReadOnlyList<PlacedRule> Rules { get; }

    /// <summary>Reads a StructureDefinition.</summary>
    /// <param name="profile">The artefact.</param>
    /// <param name="definitions">Where it is, and what it derives from.</param>
    /// <exception cref="ArgumentException">It is none that the definitions know.</exception>
    public static ProfileView Of(Artefact profile, IDefinitions definitions) =>
        new(
            definitions,
            definitions.FindStructure(profile.Url ?? "")
                ?? throw new ArgumentException(
                    $"{profile.Type}/{profile.Id} is not a StructureDefinition.",
                    nameof(profile)
                ),
            profile.Read()
        );

    /// <summary>How elements that may be there differ from R4, in their order. Prohibiting one is a difference too, and not listed here.</summary>
    public IEnumerable<Difference> Differences() => Rows.Where(row => !row.IsProhibited).SelectMany(Compare);

    private static IEnumerable<Difference> Compare(ElementRow row)
    {
        var (here, there) = (row.Element, row.Base);
        Difference Told(string what, string inBase, string now) => new(row, what, inBase, now);
        if (here.SliceName is not null)
            yield return Told("Slice", "", $"{here.SliceName}, {row.Cardinality}");
        else if (there is not null && ElementRow.Of(there) != row.Cardinality)
            yield return Told("Cardinality", ElementRow.Of(there), row.Cardinality);
        if (there is not null && TypeText(there) != TypeText(here) && here.Types.Count > 0)
            yield return Told("Type", TypeText(there), TypeText(here));
        if (row.Value is { } value)
            yield return Told(here.Fixed is null ? "Pattern" : "Fixed value", "", value);
        if (here.MaxLength is { } longest && there?.MaxLength != longest)
            yield return Told("Length", "", $"at most {longest} characters");
        if (here.Binding is { ValueSet: not null } binding && BindingText(there?.Binding) != BindingText(binding))
            yield return Told("Binding", BindingText(there?.Binding), BindingText(binding));
        if (here.Slicing is { } slicing && SlicingText(there?.Slicing) != SlicingText(slicing))
            yield return Told("Slices", SlicingText(there?.Slicing), SlicingText(slicing));
        foreach (var rule in here.Constraints.Where(IsOwn))
            yield return Told("Rule", "", rule.Key);
    }

    private static string TypeText(ElementModel element) =>
        // Where R4 allows every datatype, naming all fifty says nothing.
        element.Types.Count >= AnyType
            ? "any type"
            : string.Join(
                " or ",
                element.Types.Select(type =>
                    type.Code
                    + (type.Profiles.Count > 0 ? $" [{string.Join(" or ", type.Profiles.Select(Tail))}]" : "")
                    + (
                        type.TargetProfiles.Count > 0
                            ? $"({string.Join(" or ", type.TargetProfiles.Select(Tail))})"
                            : ""
                    )
                )
            );

    private static string BindingText(BindingModel? binding) =>
        binding?.ValueSet is { } valueSet ? $"{Canonicals.WithoutVersion(valueSet)} ({binding.Strength})" : "";

    private static string SlicingText(SlicingModel? slicing)
    {
        if (slicing is null)
            return "";
        var by =
            slicing.Discriminators.Count == 0
                ? "by what each slice says"
                : "by " + string.Join(" and ", slicing.Discriminators.Select(d => $"{d.Type} of {d.Path}"));
        var others = slicing.Rules switch
        {
            "closed" => "no others",
            "openAtEnd" => "others at the end",
            _ => "others are allowed",
        };
        return $"{by}, {others}{(slicing.Ordered ? ", in this order" : "")}";
    }

    private static string Tail(string canonical) => canonical[(canonical.LastIndexOf('/') + 1)..];

    private static bool IsOwn(ConstraintModel rule) => rule.Key.StartsWith("cpis-", StringComparison.Ordinal);

    private static bool IsValueOfPrimitive(JsonElement element) =>
        element.TryGetProperty("base", out var origin)
        && origin.Text("path") is { } path
        && char.IsLower(path[0])
        && element.Items("type").Any(type => type.Text("code")!.StartsWith(SystemTypes, StringComparison.Ordinal));

    private ElementRow Row(JsonElement json, ElementModel element)
    {
        var comment = json.Text("comment") ?? "";
        var decision = Decisions.FirstOrDefault(word => comment.StartsWith(word + ": ", StringComparison.Ordinal));
        return new ElementRow(
            element,
            json.TryGetProperty("base", out var origin) ? BaseOf(origin.Text("path")!) : null,
            element.Path.Count(letter => letter == '.'),
            json.Text("short"),
            decision,
            decision is null ? null : comment[(decision.Length + 2)..],
            json.EnumerateObject()
                .Where(p =>
                    p.Name.StartsWith("fixed", StringComparison.Ordinal)
                    || p.Name.StartsWith("pattern", StringComparison.Ordinal)
                )
                .Select(p =>
                    p.Value.ValueKind == JsonValueKind.String
                        ? p.Value.GetString()
                        : JsonSerializer.Serialize(p.Value, Plain)
                )
                .FirstOrDefault()
        );
    }

    // base.path names the type that defines the element: Identifier.system for Patient.identifier.system.
    private ElementModel? BaseOf(string path) =>
        _definitions
            .FindStructure(Canonicals.R4 + path.Split('.')[0])
            ?.Elements.FirstOrDefault(element => element.Path == path && element.SliceName is null);
}
