using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Tests.Records;

public sealed class SearchTokensTests
{
    [Theory]
    [InlineData("Zieliński", "zielinski")]
    [InlineData("DĄBROWSKI", "dabrowski")]
    [InlineData("O'Rourke", "o'rourke")]
    [InlineData("Nguyễn", "nguyen")]
    [InlineData("Łukasz", "lukasz")]
    [InlineData("Søren", "soren")]
    [InlineData("Weiß", "weiss")]
    [InlineData("Ægir", "aegir")]
    [InlineData("Zoe\u0308", "zoe")] // a combining mark
    [InlineData(" Şahin ", "sahin")]
    [InlineData("Иван", "иван")]
    [InlineData("محمد", "محمد")]
    public void Names_fold_to_lower_case_without_accents(string name, string folded) =>
        SearchTokens.Fold(name).Should().Be(folded);
}
