using System.Text.Json;
using System.Text.RegularExpressions;

namespace CpIs.Fhir.Core.Tests;

public sealed partial class RuleCodesTests
{
    [Fact]
    public void Every_rule_that_an_OperationOutcome_can_name_is_published_and_no_other()
    {
        var root = Root();
        var inCode = Directory
            .EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            // Words for rules that HL7 states; they keep HL7's keys.
            .Where(file => Path.GetFileName(file) != "PlainRules.cs")
            .SelectMany(file => Rule().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            // A property of old package manifests.
            .Where(id => id != "fhir-version-list")
            .Except(Classes(root))
            .Concat(Invariants(root))
            .Distinct();
        using var published = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(root, "profiles", "built", "CodeSystem-rule.json"))
        );

        published.RootElement.GetProperty("url").GetString().Should().Be(FhirSystems.Rule);
        published
            .RootElement.GetProperty("concept")
            .EnumerateArray()
            .Select(concept => concept.GetProperty("code").GetString())
            .Should()
            .BeEquivalentTo(inCode, "profiles/input/fsh/rules.fsh has one line for each rule; then run profiles/build");
    }

    /// <summary>Classes of the pages, which look like ids of rules.</summary>
    private static IEnumerable<string> Classes(string root) =>
        Class()
            .Matches(File.ReadAllText(Path.Combine(root, "src", "CpIs.Fhir.Server", "wwwroot", "cpis.css")))
            .Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\.(cpis-[a-z0-9-]+)")]
    private static partial Regex Class();

    /// <summary>Keys of our own invariants, by which the validator names what breaks them.</summary>
    private static IEnumerable<string> Invariants(string root) =>
        Directory
            .EnumerateFiles(Path.Combine(root, "profiles", "built"), "StructureDefinition-*.json")
            .SelectMany(file => Rule().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(id => id.StartsWith("cpis-", StringComparison.Ordinal));

    [GeneratedRegex("\"((?:cpis|bdl|fhir)-[a-z0-9-]+)\"")]
    private static partial Regex Rule();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
