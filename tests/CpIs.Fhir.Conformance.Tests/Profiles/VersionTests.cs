using System.Text.Json;
using System.Text.RegularExpressions;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>The package has one version, and says it wherever it says one.</summary>
public sealed partial class VersionTests
{
    [Fact]
    public void Everything_built_has_the_version_of_the_package()
    {
        var version = Version().Match(File.ReadAllText(Path.Combine(Checkout.Profiles, "sushi-config.yaml"))).Groups[1];

        Checkout
            .Read(Path.Combine(Checkout.Profiles, "package.json"))
            .GetProperty("version")
            .GetString()
            .Should()
            .Be(version.Value);
        foreach (var definition in Checkout.Built())
            // R4 gives a NamingSystem no version; a topic has it in an extension.
            (
                definition.GetProperty("resourceType").GetString() switch
                {
                    "NamingSystem" => version.Value,
                    "Basic" => definition
                        .GetProperty("extension")
                        .EnumerateArray()
                        .Single(part =>
                            part.GetProperty("url").GetString()!.EndsWith(".version", StringComparison.Ordinal)
                        )
                        .GetProperty("valueString")
                        .GetString(),
                    _ => definition.GetProperty("version").GetString(),
                }
            )
                .Should()
                .Be(version.Value, definition.GetProperty("id").GetString());
    }

    [Fact]
    public void The_guide_lists_each_definition_and_each_good_example_once()
    {
        var listed = Checkout
            .Built("ImplementationGuide")
            .Single()
            .GetProperty("definition")
            .GetProperty("resource")
            .EnumerateArray()
            .Select(resource => resource.GetProperty("reference").GetProperty("reference").GetString()!);

        listed
            .Should()
            .BeEquivalentTo(
                Checkout
                    .Built()
                    .Concat(Directory.EnumerateFiles(Checkout.Examples, "*.json").Select(Checkout.Read))
                    .Where(resource => Name(resource) != "ImplementationGuide/cpis.fhir.r4")
                    .Select(Name)
            );
    }

    private static string Name(JsonElement resource) =>
        $"{resource.GetProperty("resourceType").GetString()}/{resource.GetProperty("id").GetString()}";

    [GeneratedRegex(@"^version: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Version();
}
