namespace CpIs.Fhir.Core.Tests;

public sealed class OdsCodeTests
{
    [Theory]
    [InlineData("A81")]
    [InlineData("XHF01")]
    [InlineData("ABCDEFGHJ012")]
    public void Three_to_twelve_capitals_and_digits_are_a_code(string text) =>
        OdsCode.Parse(text).Value.Should().Be(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AB")]
    [InlineData("ABCDEFGHJ0123")]
    [InlineData("xhf01")]
    [InlineData("XHF 1")]
    [InlineData("XHF-1")]
    [InlineData("XHÉ01")]
    public void Anything_else_is_not(string? text) => OdsCode.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Codes_are_in_ordinal_order()
    {
        (OdsCode.Parse("XEL01") < OdsCode.Parse("XHF01")).Should().BeTrue();
        (OdsCode.Parse("XHF01") >= OdsCode.Parse("XHF01")).Should().BeTrue();
    }
}
