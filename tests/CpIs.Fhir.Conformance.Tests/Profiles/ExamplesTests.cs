using CpIs.Fhir.Tests.Shared;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>
/// The examples that testers try their systems with. Here: that there are enough, and what the rules of our own say of them.
/// </summary>
public sealed class ExamplesTests
{
    // Ids of the validator for breaches that are no invariant.
    private static readonly string[] Structural =
    [
        "fhir-min",
        "fhir-max",
        "fhir-prohibited",
        "fhir-unknown-element",
        "fhir-type",
        "fhir-format",
        "fhir-fixed",
        "fhir-pattern",
        "fhir-binding",
        "fhir-slice-closed",
        "fhir-slice-min",
        "fhir-slice-max",
        "fhir-reference-type",
        "bdl-7",
    ];

    public static TheoryData<string> Profiles =>
        [
            .. Checkout
                .Built("StructureDefinition")
                .Select(definition => definition.GetProperty("id").GetString()!)
                .Where(id => id.StartsWith("CPIS-", StringComparison.Ordinal)),
        ];

    public static TheoryData<string> Good =>
        [.. Directory.EnumerateFiles(Checkout.Examples, "*.json").Select(file => Path.GetFileName(file)).Order()];

    public static TheoryData<string> Bad =>
        [
            .. Directory
                .EnumerateFiles(Checkout.BadExamples, "*.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Checkout.BadExamples, file).Replace('\\', '/'))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_profile_has_two_good_examples_or_more_and_ten_bad_ones_or_more(string profile)
    {
        Directory
            .EnumerateFiles(Checkout.Examples, "*.json")
            .Count(file => ProfileOf(Read(file)) == profile)
            .Should()
            .BeGreaterThanOrEqualTo(2);
        Directory
            .EnumerateFiles(Path.Combine(Checkout.BadExamples, profile), "*.json")
            .Should()
            .HaveCountGreaterThanOrEqualTo(10);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_example_reads_strictly_and_keeps_every_rule(string file)
    {
        var resource = FhirJsonDeserializer.STRICT.DeserializeResource(
            File.ReadAllText(Path.Combine(Checkout.Examples, file))
        );

        file.Should().StartWith($"{resource.TypeName}-{resource.Id}");
        OwnRules.BrokenBy(resource, ProfileOf(resource)).Should().BeEmpty();
    }

    // CI runs it where profiles or examples changed (profiles/check).
    [Theory]
    [Trait(Proof.Long, "true")]
    [MemberData(nameof(Bad))]
    public void A_bad_example_breaks_the_rule_that_it_is_named_after_and_no_other_of_ours(string file)
    {
        var (folder, name) = (file.Split('/')[0], file.Split('/')[1]);
        var rule = OwnRules
            .Keys.Concat(Structural)
            .Where(id => name.StartsWith(id + "-", StringComparison.Ordinal))
            .MaxBy(id => id.Length);
        rule.Should().NotBeNull("its name begins with the id of a rule");

        var resource = Read(Path.Combine(Checkout.BadExamples, file));

        ProfileOf(resource).Should().Be(folder);
        OwnRules
            .BrokenBy(resource, folder)
            .Distinct()
            .Should()
            .BeEquivalentTo(rule!.StartsWith("cpis-", StringComparison.Ordinal) ? [rule] : Array.Empty<string>());
    }

    /// <summary>Whatever is wrong with it: the rules are asked about what is there.</summary>
    private static Resource Read(string file)
    {
        FhirJsonDeserializer.OSTRICH.TryDeserializeResource(File.ReadAllText(file), out var resource, out _);
        return resource!;
    }

    private static string ProfileOf(Resource resource) =>
        resource
            .Meta!.Profile.Single(url => url!.StartsWith("https://fhir.cpis.example/", StringComparison.Ordinal))!
            .Split('/')[^1];
}
