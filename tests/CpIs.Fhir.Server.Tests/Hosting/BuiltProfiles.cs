using System.Globalization;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// What can be checked of profiles/built without a validator: how often each element is there, and the rules of our own.
/// Slices are left out.
/// </summary>
internal static class BuiltProfiles
{
    private static readonly string Folder = Path.Combine(Repository(), "profiles", "built");

    public static T Read<T>(string file)
        where T : Resource =>
        (T)FhirJsonDeserializer.STRICT.DeserializeResource(File.ReadAllText(Path.Combine(Folder, file)));

    /// <summary>What is wrong with a resource by the profiles that it claims.</summary>
    public static IReadOnlyList<string> Problems(Resource resource) =>
        [
            .. (resource.Meta?.Profile ?? []).SelectMany(profile =>
                Problems(resource, Read<StructureDefinition>($"StructureDefinition-{profile!.Split('/')[^1]}.json"))
            ),
        ];

    private static IEnumerable<string> Problems(Resource resource, StructureDefinition profile)
    {
        foreach (var element in profile.Snapshot!.Element)
        {
            if (element.ElementId!.Contains(':', StringComparison.Ordinal))
                continue;
            var steps = element.Path!.Split('.');
            if (steps.Length > 1)
                foreach (var parent in Nodes(resource, steps[1..^1]))
                {
                    var count = parent.Select(Name(steps[^1])).Count();
                    if (count < element.Min)
                        yield return $"{element.Path}: {count} instead of at least {element.Min}";
                    if (element.Max != "*" && count > int.Parse(element.Max!, CultureInfo.InvariantCulture))
                        yield return $"{element.Path}: {count} instead of at most {element.Max}";
                }

            foreach (var rule in element.Constraint.Where(c => c.Key!.StartsWith("cpis-", StringComparison.Ordinal)))
            foreach (var node in Nodes(resource, steps[1..]))
                if (!node.Predicate(rule.Expression!))
                    yield return $"{element.Path}: {rule.Key} {rule.Human}";
        }
    }

    private static IEnumerable<Base> Nodes(Resource resource, string[] steps) =>
        steps.Length == 0 ? [resource] : resource.Select(string.Join('.', steps.Select(Name))).OfType<Base>();

    private static string Name(string step) => step.Replace("[x]", "", StringComparison.Ordinal);

    public static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CpIs.Fhir.sln")))
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No solution above the tests.");
        return folder;
    }
}
