using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Kinds;

/// <summary>
/// Small profiles without snapshot, as people publish them, and resources for and against: one of each kind that HL7's validator has a published
/// outcome for, in our own words. <c>definitions.json</c> holds the profiles, <c>cases.json</c> the resources and what is right of each.
/// </summary>
public sealed class KindTests
{
    private static readonly string Folder = Path.Combine(
        Profiles.Checkout.Root,
        "tests",
        "CpIs.Fhir.Conformance.Tests",
        "Kinds"
    );

    private static readonly Dictionary<string, JsonElement> Cases = Read("cases.json")
        .ToDictionary(one => one.GetProperty("name").GetString()!);

    private static readonly ConformanceSet Set = ConformanceSet.With(
        DefinitionLayer.Of([
            .. Read("definitions.json").Select(one => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(one.GetRawText())),
        ])
    );

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_kind_gets_the_verdict_that_HL7_publishes_for_it(string name)
    {
        var one = Cases[name];
        var profile = one.GetProperty("profile").GetString();

        var result = Set.Validator.Validate(
            FhirSource.Read(Encoding.UTF8.GetBytes(one.GetProperty("resource").GetRawText())),
            profile is null ? [] : [profile]
        );

        result.IsValid.Should().Be(one.GetProperty("isValid").GetBoolean(), string.Join("; ", result.Errors()));
    }

    [Fact]
    public void A_profile_of_any_definition_can_be_used()
    {
        foreach (var one in Read("definitions.json"))
            Set.Definitions.ProblemOf(one.GetProperty("url").GetString()!).Should().BeNull();
    }

    [Fact]
    public void Kinds_are_not_lost() => Cases.Should().HaveCountGreaterThan(110);

    private static JsonElement.ArrayEnumerator Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file))).RootElement.EnumerateArray();
}
