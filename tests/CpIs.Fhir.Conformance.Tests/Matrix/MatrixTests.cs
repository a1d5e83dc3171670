namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>Each breach of each rule of our profiles is told, by its rule and at its place.</summary>
public sealed class MatrixTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_breach_of_every_element_is_told_with_its_rule_and_its_place()
    {
        var missed = new List<string>();
        var total = 0;
        foreach (
            var group in Good().GroupBy(good => good.Profile.Name).OrderBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            var mutations = group.SelectMany(good => new MutationMatrix(good).All()).ToList();
            var wrong = mutations.Select(mutation => mutation.Judge()).OfType<string>().ToList();
            missed.AddRange(wrong);
            total += mutations.Count;
            output.WriteLine(
                $"{group.Key}: {mutations.Count - wrong.Count} of {mutations.Count}; {string.Join(", ", mutations.GroupBy(m => m.Breach).Select(g => $"{g.Key} {g.Count()}"))}"
            );
        }

        output.WriteLine($"matrix: {total - missed.Count} of {total} breaches told rightly");
        missed.Should().BeEmpty();
        total.Should().BeGreaterThan(1_000, "a matrix that shrinks holds less");
    }

    [Fact]
    public void Every_profile_has_good_resources_in_the_matrix()
    {
        var profiles = Directory
            .EnumerateFiles(Path.Combine(Files.Root, "profiles", "built"), "StructureDefinition-CPIS-*.json")
            .Select(file => Path.GetFileNameWithoutExtension(file)["StructureDefinition-".Length..]);
        Good()
            .Select(good => good.Profile.Url[(good.Profile.Url.LastIndexOf('/') + 1)..])
            .Distinct()
            .Should()
            .BeEquivalentTo(profiles);
    }

    private static IEnumerable<GoodInstance> Good() =>
        Directory
            .EnumerateFiles(Files.Examples, "*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => new GoodInstance(file));
}
