using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Tests.Matrix;

namespace CpIs.Fhir.Conformance.Tests.Generated;

/// <summary>
/// Makes resources out of FHIR's definitions: cardinality, types, formats and codes are right by construction; rules between elements
/// (invariants) are met by chance. The same seed makes the same resources.
/// </summary>
internal sealed class ResourceMaker(int seed)
{
    private const int Deepest = 4;
    private const int Codes = 40;

    /// <summary>What a resource of the definitions alone says nothing right about: profiles, extensions and resources that nobody refers to.</summary>
    private static readonly HashSet<string> LeftOut = ["extension", "modifierExtension", "contained", "implicitRules"];

    /// <summary>Value sets that are written as a grammar, with no list to choose from: a part of their name, and a code of theirs.</summary>
    private static readonly (string Set, string System, string Code)[] Grammars =
    [
        ("mimetypes", "urn:ietf:bcp:13", "text/plain"),
        ("all-languages", "urn:ietf:bcp:47", "en-GB"),
        ("ucum-units", "http://unitsofmeasure.org", "mg"),
        ("currencies", "urn:iso:std:iso:4217", "GBP"),
    ];

    /// <summary>What rules between elements ask for together, and chance does not meet.</summary>
    private static readonly Dictionary<string, string> Together = new()
    {
        ["StructureDefinition"] = """
            {
              "type": "Patient",
              "kind": "resource",
              "abstract": false,
              "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
              "derivation": "constraint",
              "differential": { "element": [{ "id": "Patient", "path": "Patient" }] }
            }
            """,
    };

    private static readonly LocalTerminology Terminology = new(TheValidator.Definitions);

    private readonly Random _random = new(seed);

    public static StructureModel Definition(string type) =>
        TheValidator.Definitions.FindStructure(Canonicals.R4 + type)!;

    /// <summary>Elements directly inside another, in their order.</summary>
    public static IEnumerable<ElementModel> Children(StructureModel structure, ElementModel parent) =>
        structure.Elements.Where(element =>
            element.SliceName is null
            && element.Max != 0
            && element.Id.StartsWith(parent.Id + ".", StringComparison.Ordinal)
            && !element.Id.AsSpan(parent.Id.Length + 1).Contains('.')
            && !LeftOut.Contains(element.Id[(parent.Id.Length + 1)..])
            && element.Id != "Meta.profile"
        );

    /// <summary>A resource with all that it must have, and each optional element so often (0 to 1), less often further inside.</summary>
    public JsonObject Make(string type, double often)
    {
        var structure = Definition(type);
        var resource = new JsonObject { ["resourceType"] = type };
        Fill(resource, structure, structure.Elements[0], 1, often);
        if (Together.TryGetValue(type, out var together))
            foreach (var (name, value) in JsonNode.Parse(together)!.AsObject())
                resource[name] = value!.DeepClone();
        return resource;
    }

    /// <summary>Adds an element of a type to choose by chance.</summary>
    public void Add(JsonObject to, StructureModel structure, ElementModel element, int depth, double often)
    {
        var type = element.Types.Count == 0 ? null : element.Types[_random.Next(element.Types.Count)];
        var name = element.Id[(element.Id.LastIndexOf('.') + 1)..];
        if (name.EndsWith("[x]", StringComparison.Ordinal))
            name = name[..^3] + char.ToUpperInvariant(type!.Code[0]) + type.Code[1..];
        JsonNode Value() => Make(structure, element, type, depth + 1, often);
        to[name] = element.IsArray
            ? new JsonArray([
                .. Enumerable
                    .Range(0, Math.Min(element.Max ?? int.MaxValue, Math.Max(element.Min, _random.Next(1, 3))))
                    .Select(_ => Value()),
            ])
            : Value();
    }

    private void Fill(JsonObject into, StructureModel structure, ElementModel parent, int depth, double often)
    {
        var children = Children(structure, parent).ToList();
        foreach (var child in children)
            if (child.Min > 0 || depth <= Deepest && _random.NextDouble() < often / depth)
                Add(into, structure, child, depth, often);
        // An element has at least one thing in it beside its id (ele-1), a resource beside its type.
        if (into.Count == 0 || into.Count == 1 && (into.ContainsKey("id") || depth == 1))
        {
            var others = children.Where(child => !child.Id.EndsWith(".id", StringComparison.Ordinal)).ToList();
            Add(into, structure, others[_random.Next(others.Count)], depth, 0);
        }
    }

    private JsonNode Make(StructureModel structure, ElementModel element, TypeModel? type, int depth, double often)
    {
        var shape = element.ContentReference is { } id ? structure.Elements.Single(e => e.Id == id) : element;
        if (Children(structure, shape).Any())
            return Object(structure, shape, depth, often);
        if (Coded(element, type!) is { } coded)
            return coded;
        switch (type!.Code)
        {
            case "Reference":
                return new JsonObject { ["reference"] = Target(type) + "/x1" };
            case "Quantity" or "Age" or "Count" or "Distance" or "Duration":
                return new JsonObject
                {
                    ["value"] = _random.Next(1, 9),
                    ["system"] = "http://unitsofmeasure.org",
                    ["code"] = type.Code switch
                    {
                        "Age" => "a",
                        "Count" => "1",
                        "Duration" => "s",
                        _ => "m",
                    },
                };
            case "Narrative" or "Resource":
                return Samples.Of(type);
        }

        var definition = TheValidator.Definitions.FindStructure(
            type.Profiles.Count > 0 ? type.Profiles[0] : Canonicals.R4 + type.Code
        )!;
        return definition.Kind == "primitive-type"
            ? Samples.Of(type)
            : Object(definition, definition.Elements[0], depth, often);
    }

    private JsonObject Object(StructureModel structure, ElementModel shape, int depth, double often)
    {
        var made = new JsonObject();
        Fill(made, structure, shape, depth, often);
        return made;
    }

    /// <summary>A code of the value set that the element is bound to; null where none is demanded.</summary>
    private JsonNode? Coded(ElementModel element, TypeModel type)
    {
        if (
            element.Binding is not { } binding
            || binding.MaxValueSet is null && binding.Strength is not ("required" or "extensible")
        )
            return null;
        var set = (binding.MaxValueSet ?? binding.ValueSet)!;
        // (An item of a Questionnaire is no "question", which is abstract.)
        var codes = Terminology.Some(set, Codes).Where(code => code is not (_, "question")).ToList();
        if (
            codes.Count == 0
            && Grammars.FirstOrDefault(grammar => set.Contains(grammar.Set, StringComparison.Ordinal))
                is { Set: not null } found
        )
            codes = [(found.System, found.Code)];
        if (codes.Count == 0)
            return null;
        var (system, code) = codes[_random.Next(codes.Count)];
        JsonObject Coding() => new() { ["system"] = system, ["code"] = code };
        return type.Code switch
        {
            "Coding" => Coding(),
            "CodeableConcept" => new JsonObject { ["coding"] = new JsonArray(Coding()) },
            "Quantity" or "Age" or "Duration" or "Money" or "Reference" => null,
            _ => code,
        };
    }

    private string Target(TypeModel type)
    {
        if (type.TargetProfiles.Count == 0)
            return "Patient";
        var target = type.TargetProfiles[_random.Next(type.TargetProfiles.Count)];
        var name = TheValidator.Definitions.FindStructure(target)!.Type;
        return name == "Resource" ? "Patient" : name;
    }
}
