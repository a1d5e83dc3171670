namespace CpIs.Fhir.Architecture.Tests;

/// <summary>No circle between the namespaces of one project: each builds on those below it.</summary>
public sealed class NamespaceTests
{
    private const string Fixtures = "CpIs.Fhir.Architecture.Tests.Circles";

    [Theory]
    [InlineData("CpIs.Fhir.Core")]
    [InlineData("CpIs.Fhir.Conformance")]
    [InlineData("CpIs.Fhir.Synthetic")]
    [InlineData("CpIs.Fhir.Storage.MongoDb")]
    [InlineData("CpIs.Fhir.Storage.Sqlite")]
    [InlineData("CpIs.Fhir.Server")]
    [InlineData("cpis")]
    public void Namespaces_of_a_project_are_free_of_circles(string assembly) =>
        Namespaces.Circles(House.Loaded(House.Named(assembly)), "CpIs.Fhir").Should().BeEmpty();

    [Theory]
    [InlineData("Members")]
    [InlineData("Lambdas")]
    [InlineData("Waits")]
    [InlineData("Longer")]
    public void A_circle_is_found(string fixture) =>
        FixtureCircles()
            .Should()
            .ContainSingle(circle => circle.Contains($"{Fixtures}.{fixture}.", StringComparison.Ordinal));

    [Fact]
    public void Who_depends_one_way_is_in_no_circle() =>
        FixtureCircles().Should().NotContain(circle => circle.Contains("Straight", StringComparison.Ordinal));

    private static IReadOnlyList<string> FixtureCircles() =>
        Namespaces.Circles(House.Loaded(typeof(NamespaceTests).Assembly), Fixtures);
}
