using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Tests.Searching;

public sealed class SearchTokensTests
{
    [Theory]
    [InlineData("Zieliński", "zielinski")]
    [InlineData("DĄBROWSKI", "dabrowski")]
    [InlineData("O'Rourke", "orourke")]
    [InlineData("Nguyễn", "nguyen")]
    [InlineData("Łukasz", "lukasz")]
    [InlineData("Søren", "soren")]
    [InlineData("Weiß", "weiss")]
    [InlineData("Ægir", "aegir")]
    [InlineData("Zoe\u0308", "zoe")] // a combining mark
    [InlineData(" Şahin ", "sahin")]
    [InlineData("O\u2019Brien", "obrien")]
    [InlineData("O\u02bcBrien", "obrien")]
    [InlineData("Anna  Maria", "annamaria")]
    [InlineData("Anna\u00a0Maria", "annamaria")]
    [InlineData("Smith-Jones", "smithjones")]
    [InlineData("Smith\u2011Jones", "smithjones")]
    [InlineData("-", "-")] // a name of nothing else stays
    [InlineData("Иван", "иван")]
    [InlineData("محمد", "محمد")]
    public void Names_fold_to_lower_case_without_accents_punctuation_and_blanks(string name, string folded) =>
        SearchTokens.Fold(name).Should().Be(folded);

    [Theory]
    [InlineData("O'Brien", "o'brien")]
    [InlineData("O'Brien", "o\u2019brien")]
    [InlineData("O\u2019Brien", "o'brien")]
    [InlineData("Anna Maria", "anna\u00a0maria")]
    [InlineData("Anna\u00a0Maria", "anna maria")]
    public void A_name_is_found_in_the_form_in_which_an_older_store_has_it(string sent, string stored)
    {
        var forms = SearchTokens.TextForms("family", sent);

        forms.Should().StartWith(SearchTokens.Text("family", sent));
        forms.Should().Contain($"family={stored}");
    }

    [Fact]
    public void A_name_without_punctuation_and_blanks_costs_one_form() =>
        SearchTokens.TextForms("family", "Zieliński").Should().Equal("family=zielinski");
}
