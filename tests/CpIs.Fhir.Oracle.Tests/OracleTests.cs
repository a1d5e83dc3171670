using CpIs.Fhir.Conformance.Tests;
using CpIs.Fhir.Conformance.Tests.Matrix;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Oracle.Tests;

/// <summary>
/// Firely's validator as a witness for ours: both judge the same resources, and where they differ a reason is written down
/// (<see cref="Explanations"/>). Every day: the good examples and a sample of bad ones and of breaches; in <c>.ci/prove</c> all of them.
/// </summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    private const int Seed = 20261130;
    private const int EveryDay = 60;

    private readonly FirelyValidator _firely = new();

    [Fact]
    public void On_a_sample_both_validators_agree_or_it_is_known_why_not()
    {
        var random = new Random(Seed);
        var others = Bad().Concat(Breaches()).ToArray();
        random.Shuffle(others);
        var differences = Compare([.. Good(), .. others.Take(EveryDay)]);

        Unexplained(differences).Should().BeEmpty();
    }

    [Fact]
    [Trait(Proof.Long, "true")]
    public void On_everything_both_validators_agree_or_it_is_known_why_not_and_no_reason_is_stale()
    {
        var differences = Compare([.. Good(), .. Bad(), .. Breaches()]);

        Unexplained(differences).Should().BeEmpty();
        Explanations
            .All.Where(reason => !differences.Exists(one => one.Errors.Any(error => reason.Explains(one, error))))
            .Select(reason => $"{reason.Refuser}, {reason.Sign}: {reason.Reason}")
            .Should()
            .BeEmpty("a reason that explains nothing is out of date");
    }

    private List<Difference> Compare(IReadOnlyList<(string Name, string Json, string? Profile)> resources)
    {
        var differences = new List<Difference>();
        foreach (var (name, json, profile) in resources)
        {
            string[] ours = [.. TheValidator.Validate(json, profile is null ? [] : [profile]).Errors()];
            var firely = _firely.Errors(json, profile);
            if (ours.Length > 0 != firely.Count > 0)
                differences.Add(ours.Length > 0 ? new(name, Refuser.Ours, ours) : new(name, Refuser.Firely, firely));
        }

        output.WriteLine($"{resources.Count} resources, {differences.Count} differences");
        foreach (var one in differences)
            output.WriteLine($"{one}");
        return differences;
    }

    /// <summary>A difference is explained when each error of the one that refuses is.</summary>
    private static IEnumerable<string> Unexplained(List<Difference> differences) =>
        differences
            .Where(one => !one.Errors.All(error => Explanations.All.Any(reason => reason.Explains(one, error))))
            .Select(one => one.ToString());

    private static IEnumerable<(string, string, string?)> Good() => Files(Conformance.Tests.Files.Examples);

    private static IEnumerable<(string, string, string?)> Bad() =>
        Files(Path.Combine(Conformance.Tests.Files.Root, "examples", "bad"));

    private static IEnumerable<(string, string, string?)> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllText(file), (string?)null));

    private static IEnumerable<(string, string, string?)> Breaches() =>
        Directory
            .EnumerateFiles(Conformance.Tests.Files.Examples, "*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => new GoodInstance(file))
            .SelectMany(good => new MutationMatrix(good).All())
            .Select(breach =>
                (
                    $"{breach.Instance.Name}, {breach.Breach} {breach.ElementId}",
                    breach.Resource.ToJsonString(),
                    (string?)breach.Instance.Profile.Url
                )
            );
}
