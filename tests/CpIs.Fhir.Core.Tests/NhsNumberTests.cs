using FsCheck;
using FsCheck.Fluent;

namespace CpIs.Fhir.Core.Tests;

public sealed class NhsNumberTests
{
    [Theory]
    [InlineData("9990000018")]
    [InlineData("9434765919")] // the example of the NHS Data Dictionary
    [InlineData("9990000220")] // a check digit of 11 is written 0
    public void A_right_number_is_taken(string text) => NhsNumber.TryParse(text, out _).Should().BeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("999000001")]
    [InlineData("99900000188")]
    [InlineData("999 000 0018")]
    [InlineData("999-000-0018")]
    [InlineData("9990000019")]
    [InlineData("999000001X")]
    [InlineData("٩٩٩٠٠٠٠٠١٨")] // Arabic-Indic digits are digits to char.IsDigit, not here
    public void Anything_else_is_refused(string? text) => NhsNumber.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Of_ten_last_digits_at_most_one_is_right() =>
        Prop.ForAll(
                Gen.Choose(0, 999_999_999).ToArbitrary(),
                stem => Enumerable.Range(0, 10).Count(digit => NhsNumber.TryParse($"{stem:D9}{digit}", out _)) <= 1
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_slip_of_one_digit_is_always_found() =>
        Prop.ForAll(
                Gen.Choose(0, 8).SelectMany(at => Gen.Choose(1, 9).Select(by => (at, by))).ToArbitrary(),
                slip =>
                {
                    var digits = "9434765919".ToCharArray();
                    digits[slip.at] = (char)('0' + (digits[slip.at] - '0' + slip.by) % 10);
                    return !NhsNumber.TryParse(new string(digits), out _);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void It_never_shows_itself_and_the_unmade_one_has_no_digits()
    {
        $"{NhsNumber.Parse("9990000018")}".Should().NotContain("999");
        var digits = () => default(NhsNumber).Digits;
        digits.Should().Throw<InvalidOperationException>();
        var wrong = () => NhsNumber.Parse("9990000019");
        wrong.Should().Throw<FormatException>().Which.Message.Should().NotContain("999");
    }
}
