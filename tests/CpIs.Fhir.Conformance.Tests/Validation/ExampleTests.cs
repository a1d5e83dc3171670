using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>The examples that testers look at first: the good ones are good, and each bad one breaks the rule that it is named after, alone.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Good => [.. Names(Files.Examples)];

    public static TheoryData<string> Bad => [.. Names(Path.Combine(Files.Root, "examples", "bad"))];

    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_example_has_no_error_and_no_warning(string file)
    {
        var result = await ValidateAsync(Path.Combine(Files.Examples, file));
        result.Issues.Where(issue => issue.Severity >= ValidationSeverity.Warning).Should().BeEmpty();
        result.Profiles.Should().Contain(url => url.StartsWith("https://fhir.cpis.example/", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_example_breaks_the_rule_that_it_is_named_after_and_no_other(string file)
    {
        var result = await ValidateAsync(Path.Combine(Files.Root, "examples", "bad", file));
        var rules = result
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => issue.Rule)
            .Distinct()
            .ToList();
        rules.Should().ContainSingle(string.Join("; ", result.Errors()));
        Path.GetFileName(file).Should().StartWith(rules[0] + "-");
    }

    [Fact]
    public void Each_invariant_of_our_profiles_has_a_bad_example()
    {
        var broken = Bad.Select(row => row.Data).Select(Path.GetFileName).ToList();
        var keys = TheValidator
            .Definitions.StructureUrls.Where(url =>
                url.StartsWith("https://fhir.cpis.example/", StringComparison.Ordinal)
            )
            .SelectMany(url => TheValidator.Definitions.FindStructure(url)!.Elements)
            .SelectMany(element => element.Constraints)
            .Select(constraint => constraint.Key)
            .Where(key => key.StartsWith("cpis-", StringComparison.Ordinal))
            .Distinct();
        keys.Where(key => !broken.Any(name => name!.StartsWith(key + "-", StringComparison.Ordinal)))
            .Should()
            .BeEmpty();
    }

    private static async Task<ValidationResult> ValidateAsync(string file) =>
        TheValidator.Instance.Validate(
            FhirSource.Read(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))
        );

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .Order(StringComparer.Ordinal);
}
