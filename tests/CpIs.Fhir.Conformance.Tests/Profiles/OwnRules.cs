using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>The invariants of our own profiles, evaluated by the FHIRPath engine of the SDK and nothing else.</summary>
internal static class OwnRules
{
    private static readonly Dictionary<string, StructureDefinition> Profiles = Checkout
        .Built("StructureDefinition")
        .Select(definition => FhirJsonDeserializer.STRICT.DeserializeResource(definition.GetRawText()))
        .Cast<StructureDefinition>()
        .ToDictionary(definition => definition.Url!);

    /// <summary>What an entry of our Bundles has to meet.</summary>
    private static readonly Dictionary<string, string> OfEntry = new()
    {
        ["Patient"] = "CPIS-Patient",
        ["EpisodeOfCare"] = "CPIS-EpisodeOfCare",
        ["Flag"] = "CPIS-Flag",
        ["Parameters"] = "CPIS-NotificationStatus",
        ["AuditEvent"] = "CPIS-AuditEvent",
    };

    /// <summary>Keys of all of them.</summary>
    public static IReadOnlySet<string> Keys { get; } =
        Profiles
            .Values.SelectMany(profile => profile.Snapshot!.Element)
            .SelectMany(element => element.Constraint)
            .Select(rule => rule.Key!)
            .Where(key => key.StartsWith("cpis-", StringComparison.Ordinal))
            .ToHashSet();

    private static readonly FhirPathCompiler Compiler = new(new SymbolTable().AddStandardFP().AddFhirExtensions());

    /// <summary>Keys of the rules that a resource, or a resource in it, breaks by one of our profiles.</summary>
    public static IReadOnlyList<string> BrokenBy(Resource resource, string profile)
    {
        var broken = Broken(resource, resource, profile);
        if (resource is Bundle bundle)
            foreach (var entry in bundle.Entry.Select(e => e.Resource).OfType<Resource>())
                if (OfEntry.TryGetValue(entry.TypeName, out var own))
                    broken = broken.Concat(Broken(bundle, entry, own));
        return [.. broken];
    }

    private static IEnumerable<string> Broken(Resource root, Resource resource, string profile)
    {
        var elements = Profiles["https://fhir.cpis.example/StructureDefinition/" + profile].Snapshot!.Element;
        var context = new FhirEvaluationContext { Resource = resource.ToPocoNode(), RootResource = root.ToPocoNode() };
        foreach (var element in elements)
        foreach (var rule in element.Constraint.Where(c => c.Key!.StartsWith("cpis-", StringComparison.Ordinal)))
        {
            // A rule stands on the element and again on each of its slices; once is enough.
            if (
                elements.Any(e =>
                    e.Path == element.Path
                    && e != element
                    && IsUnslicedOf(e, element)
                    && e.Constraint.Any(c => c.Key == rule.Key)
                )
            )
                continue;
            var nodes = Compiler.Compile(Path(element, elements))([resource.ToPocoNode()], context);
            // Strictly true: other engines take "nothing" for a breach, so that no rule of ours may give nothing.
            foreach (var node in nodes)
                if (
                    Compiler.Compile(rule.Expression!)([node], context).ToList() is not [var one]
                    || one.GetValue() is not true
                )
                    yield return rule.Key!;
        }
    }

    private static bool IsUnslicedOf(ElementDefinition element, ElementDefinition slice) =>
        !element.ElementId!.Contains(':', StringComparison.Ordinal)
        && slice.ElementId!.Contains(':', StringComparison.Ordinal);

    /// <summary>The FHIRPath that finds what an element of the snapshot stands for, slices by their discriminators.</summary>
    private static string Path(ElementDefinition element, List<ElementDefinition> elements)
    {
        var parts = element.ElementId!.Split('.');
        var path = "$this";
        for (var i = 1; i < parts.Length; i++)
        {
            var (name, slice) = parts[i].Split(':') is [var n, var s] ? (n, s) : (parts[i], null);
            path += "." + name.Replace("[x]", "", StringComparison.Ordinal);
            if (slice is not null)
                path += $".where({Discriminator(string.Join('.', parts[..(i + 1)]), elements)})";
        }

        return path;
    }

    private static string Discriminator(string slice, List<ElementDefinition> elements)
    {
        var sliced = elements.Single(e => e.ElementId == slice[..slice.LastIndexOf(':')]);
        var path = sliced.Slicing!.Discriminator.Single().Path!;
        var type = elements.Single(e => e.ElementId == slice).Type.SingleOrDefault()?.Profile?.FirstOrDefault();
        if (path == "url" && type is not null)
            return $"url = '{type}'";
        var told = elements.SingleOrDefault(e => e.ElementId == $"{slice}.{path}");
        return (told?.Fixed ?? told?.Pattern) switch
        {
            CodeableConcept concept => $"{path}.coding.code = '{concept.Coding[0].Code}'",
            Coding coding => $"{path}.code = '{coding.Code}'",
            PrimitiveType primitive => $"{path} = '{primitive}'",
            // By type of resource: none of our rules stands in such a slice.
            _ => "false",
        };
    }
}
