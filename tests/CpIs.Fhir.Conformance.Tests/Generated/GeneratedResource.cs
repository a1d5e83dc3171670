using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Generated;

/// <summary>
/// A valid resource of a type, grown element by element. An element that breaks a rule between elements is left out again; one that
/// breaks a rule of structure is a fault of the generator or of the validator, and thrown.
/// </summary>
/// <param name="Type">Its type.</param>
/// <param name="Least">A resource with little more than it must have.</param>
/// <param name="Json">One with as many of the optional elements as go together.</param>
/// <param name="Refused">Larger ones that broke a rule between elements.</param>
/// <param name="Held">Optional elements of the type that it has.</param>
/// <param name="Possible">Optional elements that the type has.</param>
internal sealed record GeneratedResource(
    string Type,
    string Least,
    string Json,
    IReadOnlyList<string> Refused,
    int Held,
    int Possible
)
{
    private const int Starts = 400;

    /// <summary>How much an element that is added has inside: what was refused is tried again with less.</summary>
    private static readonly double[] Sizes = [0.6, 0.2, 0];

    /// <summary>Rules that no valid element can break by chance.</summary>
    private static readonly HashSet<string> Structural =
    [
        RuleIds.Min,
        RuleIds.Max,
        RuleIds.Prohibited,
        RuleIds.UnknownElement,
        RuleIds.Type,
        RuleIds.List,
        RuleIds.Format,
        RuleIds.Binding,
        RuleIds.Code,
        RuleIds.ReferenceType,
        RuleIds.ProfileUnknown,
        RuleIds.ResourceType,
        RuleIds.InvariantUnevaluated,
    ];

    private static readonly Lazy<IReadOnlyList<GeneratedResource>> Each = new(() =>
        [.. ResourceTypes.All.Order(StringComparer.Ordinal).Select(type => Grow(type, 1))]
    );

    /// <summary>One of each type of R4.</summary>
    public static IReadOnlyList<GeneratedResource> All => Each.Value;

    public static GeneratedResource Grow(string type, int seed)
    {
        var maker = new ResourceMaker(seed);
        var resource = Start(maker, type);
        var least = resource.ToJsonString();
        var definition = ResourceMaker.Definition(type);
        var optional = ResourceMaker.Children(definition, definition.Elements[0]).Where(e => e.Min == 0).ToList();
        var (held, refused) = (0, new List<string>());
        foreach (var element in optional)
            if (Has(resource, element) || Sizes.Any(size => Takes(element, size)))
                held++;
        return new GeneratedResource(type, least, resource.ToJsonString(), refused, held, optional.Count);

        bool Takes(ElementModel element, double size)
        {
            var larger = (JsonObject)resource.DeepClone();
            maker.Add(larger, definition, element, 1, size);
            if (Judge(larger).IsValid)
                resource = larger;
            else
                refused.Add(larger.ToJsonString());
            return ReferenceEquals(resource, larger);
        }
    }

    private static JsonObject Start(ResourceMaker maker, string type)
    {
        var broken = new Dictionary<string, int>();
        for (var turn = 0; turn < Starts; turn++)
        {
            var made = maker.Make(type, turn % 8 * 0.1);
            var result = Judge(made);
            if (result.IsValid)
                return made;
            foreach (var rule in result.Issues.Select(issue => issue.Rule).Distinct())
                broken[rule] = broken.GetValueOrDefault(rule) + 1;
        }
        throw new InvalidOperationException(
            $"None of {Starts} resources of type {type} was valid. The rules that they broke, and how often: "
                + string.Join(
                    ", ",
                    broken.OrderByDescending(rule => rule.Value).Select(rule => $"{rule.Key} {rule.Value}")
                )
        );
    }

    private static bool Has(JsonObject resource, ElementModel element)
    {
        var name = element.Id[(element.Id.LastIndexOf('.') + 1)..];
        return resource.Any(property =>
            name.EndsWith("[x]", StringComparison.Ordinal)
                ? property.Key.StartsWith(name[..^3], StringComparison.Ordinal)
                : property.Key == name
        );
    }

    /// <summary>The verdict, where nothing but rules between elements can be broken.</summary>
    private static ValidationResult Judge(JsonObject resource)
    {
        var result = TheValidator.Validate(resource);
        if (result.Issues.Any(issue => issue.Severity >= ValidationSeverity.Error && Structural.Contains(issue.Rule)))
            throw new InvalidOperationException($"{string.Join("; ", result.Errors())}\n{resource.ToJsonString()}");
        return result;
    }

    public override string ToString() => Type;
}
