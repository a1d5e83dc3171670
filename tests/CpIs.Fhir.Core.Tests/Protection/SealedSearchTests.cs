using System.Text;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Searching;
using FsCheck;
using FsCheck.Fluent;

namespace CpIs.Fhir.Core.Tests.Protection;

/// <summary>A search over sealed tokens finds exactly what it finds over readable ones.</summary>
public sealed class SealedSearchTests : IDisposable
{
    private static readonly string[] NameParameters = ["family", "given", "name"];
    private static readonly string[] DayParameters = ["birthdate", "date:start", "date:end"];

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Elements("smith", "smithson", "smythe", "o'rourke", "иван", "محمد", "a😀b", "", "%m", "x=y", "a|b"),
        Gen.Choose(1, 200).Select(length => new string('a', length))
    );

    // Close to each other and to the edges of months, centuries and of all time, where a cover could be wrong.
    private static readonly Gen<DateOnly> Day = Gen.OneOf(
        Gen.Choose(0, 60).Select(n => new DateOnly(2019, 12, 1).AddDays(n)),
        Gen.Choose(0, 800).Select(n => new DateOnly(1999, 1, 1).AddDays(n)),
        Gen.Choose(0, DateOnly.MaxValue.DayNumber).Select(DateOnly.FromDayNumber),
        Gen.Elements(DateOnly.MinValue, DateOnly.MaxValue, new DateOnly(2000, 1, 1), new DateOnly(2000, 2, 29))
    );

    private static readonly Gen<string> Identifier =
        from system in Gen.Elements("urn:a", "urn:ab", "urn:a|b")
        from value in Gen.Elements("1", "12", "2|3")
        select $"identifier={system}|{value}";

    private static readonly Gen<string> Token = Gen.OneOf(
        Gen.Elements(NameParameters).SelectMany(parameter => Name.Select(name => $"{parameter}={name}")),
        Gen.Elements(DayParameters).SelectMany(parameter => Day.Select(day => SearchTokens.Day(parameter, day))),
        Identifier,
        Gen.Choose(0, 3).Select(n => $"patient:identifier=999000{n:D4}"),
        Gen.Elements("status=active", "status=finished", "type=342191000000101", "patient=Patient/1", "url=https://a")
    );

    private static readonly Gen<Condition> Condition = Gen.OneOf(
        Token.NonEmptyListOf().Select(tokens => (Condition)new Condition.AnyToken([.. tokens.Append("-").Take(50)])),
        from parameter in Gen.Elements(NameParameters)
        from name in Name
        from length in Gen.Choose(0, 300)
        select (Condition)new Condition.TokenPrefix($"{parameter}={Cut(name, length)}"),
        Identifier.Select(token => (Condition)new Condition.TokenPrefix(token[..(token.LastIndexOf('|') + 1)])),
        Identifier.Select(token => (Condition)new Condition.TokenPrefix(token[..(token.IndexOf('|') + 1)])),
        from parameter in Gen.Elements(DayParameters)
        from first in Gen.OneOf(Day, Gen.Constant(DateOnly.MinValue))
        from last in Gen.OneOf(Day, Gen.Constant(DateOnly.MaxValue))
        select (Condition)
            new Condition.TokenRange(SearchTokens.Day(parameter, first), SearchTokens.Day(parameter, last))
    );

    private readonly SealedRecords _sealed = TestKeys.Sealed();

    public void Dispose() => _sealed.Dispose();

    [Fact]
    public void Whatever_is_searched_is_found_alike_sealed_and_readable() =>
        Prop.ForAll(
                Token.ListOf().ListOf().Zip(Condition.ListOf()).ToArbitrary(),
                sample =>
                {
                    var (resources, conditions) = (sample.Item1, sample.Item2.ToList());
                    var rewritten = _sealed.Conditions(conditions);
                    return resources.All(tokens =>
                        Meets([.. tokens], conditions) == Meets(_sealed.Tokens([.. tokens]), rewritten)
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_single_token_and_a_single_condition_agree_too()
    {
        var found = 0;
        Prop.ForAll(
                Token.Zip(Condition).ToArbitrary(),
                sample =>
                {
                    var meets = Meets([sample.Item1], [sample.Item2]);
                    found += meets ? 1 : 0;
                    return meets == Meets(_sealed.Tokens([sample.Item1]), _sealed.Conditions([sample.Item2]));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

        found.Should().BeGreaterThan(300, "searches that find nothing prove little");
    }

    [Fact]
    public void A_cover_has_at_most_144_parts_with_an_open_end_77_and_never_none()
    {
        Prop.ForAll(
                Day.Zip(Day).ToArbitrary(),
                days =>
                    CoverOf(days.Item1, days.Item2) is >= 1 and <= 144
                    && CoverOf(days.Item1, DateOnly.MaxValue) is >= 1 and <= 77
                    && CoverOf(DateOnly.MinValue, days.Item1) is >= 1 and <= 77
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

        CoverOf(new DateOnly(1000, 1, 2), new DateOnly(9999, 12, 30)).Should().Be(143);
        CoverOf(DateOnly.MinValue, new DateOnly(9999, 12, 30)).Should().Be(77);
        CoverOf(new DateOnly(2026, 10, 5), DateOnly.MaxValue).Should().Be(27 + 2 + 3 + 7 + 9 + 7);
        CoverOf(DateOnly.MinValue, DateOnly.MaxValue).Should().Be(10);
    }

    [Fact]
    public void What_names_no_child_stays_readable_and_nothing_else_does()
    {
        string[] readable = ["status=a", "type=b", "code=c", "organization=d", "author=e", "patient=Patient/f"];

        _sealed.Tokens(readable).Should().Equal(readable);
        _sealed
            .Tokens([
                "identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
                "patient:identifier=9990000018",
                "family=fernwood",
                "given=alex",
                "name=alex",
                "birthdate=2019-04-23",
                "date:start=2026-10-05",
                "date:end=9999-12-31",
                "url=https://receiver.example/secret",
                "anything=else",
                "-",
            ])
            .Should()
            .OnlyContain(token => token.Length == 16 && !token.Contains('='));
    }

    [Fact]
    public void Other_conditions_stay_as_they_are()
    {
        Condition[] others =
        [
            new Condition.AnyId(["a"]),
            new Condition.UpdatedWithin(new TimeRange(DateTimeOffset.UnixEpoch, null)),
            new Condition.TokenPrefix("status=a"),
        ];

        _sealed.Conditions(others).Should().Equal(others);
    }

    [Theory]
    [InlineData("patient:identifier=999", null)]
    [InlineData("identifier=urn:a", null)]
    [InlineData("identifier=1", "identifier=2")]
    [InlineData("date:start=2026-10-05", "date:end=2026-10-06")]
    [InlineData("date:start=2026-10", "date:start=2026-11")]
    public void What_no_search_asks_for_is_a_bug_and_not_an_empty_result(string from, string? to)
    {
        Condition condition = to is null ? new Condition.TokenPrefix(from) : new Condition.TokenRange(from, to);

        var rewrite = () => _sealed.Conditions([condition]);

        rewrite.Should().Throw<ArgumentException>();
    }

    private int CoverOf(DateOnly from, DateOnly to)
    {
        var range = new Condition.TokenRange(SearchTokens.Day("birthdate", from), SearchTokens.Day("birthdate", to));
        return ((Condition.AnyToken)_sealed.Conditions([range])[0]).Tokens.Count;
    }

    /// <summary>The meaning of conditions, as <see cref="Core.Searching.Condition"/> states it.</summary>
    private static bool Meets(IReadOnlyList<string> tokens, IReadOnlyList<Condition> conditions) =>
        conditions.All(condition =>
            tokens.Any(token =>
                condition switch
                {
                    Condition.AnyToken any => any.Tokens.Contains(token),
                    Condition.TokenPrefix prefix => token.StartsWith(prefix.Prefix, StringComparison.Ordinal),
                    Condition.TokenRange range => string.CompareOrdinal(token, range.From) >= 0
                        && string.CompareOrdinal(token, range.To) <= 0,
                    _ => throw new ArgumentOutOfRangeException(nameof(conditions)),
                }
            )
        );

    /// <summary>The beginning of a text, in whole characters: no request holds half of one.</summary>
    private static string Cut(string text, int characters)
    {
        var cut = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(characters))
            cut.Append(rune.ToString());
        return cut.ToString();
    }
}
