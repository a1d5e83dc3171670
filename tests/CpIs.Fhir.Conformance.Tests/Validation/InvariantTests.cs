using CpIs.Fhir.Conformance.Validation;
using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Invariants: each once, on the element that it is about; what comes to nothing holds; what fails is told as not checked.</summary>
public sealed class InvariantTests
{
    private static string Rule(string expression, string severity = "error", string key = "x-1") =>
        $"'constraint':[{{'key':'{key}','severity':'{severity}','human':'Words.','expression':'{expression.Replace("'", "\\u0027", StringComparison.Ordinal)}'}}]";

    private static Synthetic OnItem(string expression, string severity = "error") =>
        new(P(("item", $"'max':'*','base':{{'max':'*'}},'type':[{{'code':'string'}}],{Rule(expression, severity)}")));

    private static Synthetic OnPatient(string expression) =>
        new(
            Profile(
                "P",
                "Patient",
                ("", "'max':'*'," + Rule(expression)),
                ("name", "'max':'*','type':[{'code':'HumanName'}]"),
                ("birthDate", "'max':'1','type':[{'code':'date'}]")
            )
        );

    [Theory]
    [InlineData("$this = 'a'", "x-1@Basic.item[1]")]
    [InlineData("matches('^[a-z]$')", "")]
    [InlineData("startsWith('b')", "x-1@Basic.item[0]")]
    [InlineData("length() < 0", "x-1@Basic.item[0]; x-1@Basic.item[1]")]
    public void A_rule_is_asked_of_each_element(string expression, string expected) =>
        OnItem(expression).Verdict("{'resourceType':'Basic','item':['a','b']}").Should().Be(expected);

    [Theory]
    [InlineData("name.given.exists()", "x-1@Patient")]
    [InlineData("name.family = 'x'", "")]
    [InlineData("name.given = 'x'", "")]
    [InlineData("name.family.count() = 1 and birthDate.empty()", "")]
    [InlineData("name.descendants().count() > 100", "x-1@Patient")]
    [InlineData("%resource.name.exists().not()", "x-1@Patient")]
    [InlineData("%rootResource.name.exists().not()", "x-1@Patient")]
    [InlineData("iif(name.exists(), false, true)", "x-1@Patient")]
    [InlineData("name.all(family.length() > 1)", "x-1@Patient")]
    [InlineData("birthDate <= today()", "")]
    public void What_is_false_is_broken_and_what_comes_to_nothing_is_not(string expression, string expected) =>
        OnPatient(expression).Verdict("{'resourceType':'Patient','name':[{'family':'x'}]}").Should().Be(expected);

    [Theory]
    [InlineData("(((")]
    [InlineData("name.bogus(")]
    [InlineData("name.noSuchFunction()")]
    [InlineData("name.given.single() = 'x'")]
    [InlineData("1 / 'x'")]
    [InlineData("name.given.first().matches('(')")]
    public void What_cannot_be_evaluated_is_a_warning(string expression)
    {
        var result = OnPatient(expression).Validate("{'resourceType':'Patient','name':[{'given':['a','b']}]}");
        result.IsValid.Should().BeTrue(string.Join("; ", result.Errors()));
        result
            .Issues.Should()
            .OnlyContain(issue =>
                issue.Rule == RuleIds.InvariantUnevaluated && issue.Severity == ValidationSeverity.Warning
            );
    }

    [Theory]
    [InlineData("1 div 0 = 1")]
    [InlineData("1 / 0 = 1")]
    [InlineData("2147483647 + 1 > 0")]
    [InlineData("1 mod 0 = 1")]
    [InlineData("birthDate + 9999999 years > today()")]
    [InlineData("name.given.first().substring(99999) = 'x'")]
    [InlineData("name.given.first().toInteger() = 1")]
    [InlineData("name.trace('x').count() div 0 = 1")]
    [InlineData("name.aggregate($total + 1, 0) div 0 = 1")]
    [InlineData("name.given.first().trace('x').matches('(')")]
    [InlineData("birthDate.trace('x') + 9999999 years > today()")]
    [InlineData("today().trace('x') - 99999 years > today()")]
    [InlineData("name.trace('x').as(bogus).family = 'x'")]
    [InlineData("name.repeat(bogus) = 'x'")]
    [InlineData("2147483647.trace('x') + 1 > 0")]
    [InlineData("1.trace('x') mod 0 = 1")]
    [InlineData("1.trace('x') / 0.0 = 1")]
    [InlineData("name.given.trace('x').skip(99999999).take(-1) = 'x'")]
    [InlineData("name.given.first().trace('x').substring(-1, 99999999) = 'x'")]
    [InlineData("name.given.first().trace('x').toQuantity('g') > 1 'kg'")]
    [InlineData("name.trace('x').conformsTo('bogus')")]
    [InlineData("name.given.trace('x').first().memberOf('bogus')")]
    [InlineData("1 'kg'.trace('x') > 1 'bogus'")]
    public void No_arithmetic_stops_a_verdict(string expression) =>
        OnPatient(expression)
            .Validate("{'resourceType':'Patient','birthDate':'9999-12-31','name':[{'given':['a','b']}]}")
            .IsValid.Should()
            .BeTrue();

    [Theory]
    [InlineData("'':1")]
    [InlineData("'_':{}")]
    [InlineData("'a b':1")]
    [InlineData("'name':[{'':'x'}]")]
    [InlineData("'name':[{'_':{'extension':[]}}]")]
    [InlineData("'name':[{'_family':[[]]}]")]
    [InlineData("'name':{'given':[[['x']]]}")]
    [InlineData("'extension':[{'url':'x','value':1}]")]
    [InlineData("'contained':[{'resourceType':''}]")]
    [InlineData("'birthDate':{'':{}}")]
    public void What_the_SDK_cannot_read_is_told_all_the_same(string content) =>
        OnPatient("name.aggregate($total + 1, 0) >= 0")
            .Validate($"{{'resourceType':'Patient',{content}}}")
            .IsValid.Should()
            .BeFalse();

    [Fact]
    public void A_rule_that_profile_and_type_both_state_is_told_once()
    {
        var result = TheValidator.Validate(
            "{\"resourceType\":\"Patient\",\"identifier\":[{\"period\":{\"start\":\"2026-01-02\",\"end\":\"2026-01-01\"}}]}"
        );
        result.Issues.Where(issue => issue.Rule == "per-1").Should().ContainSingle();
    }

    [Fact]
    public void A_warning_is_no_error() =>
        OnItem("$this = 'b'", "warning")
            .Everything("{'resourceType':'Basic','item':['a']}")
            .Should()
            .Be("x-1@Basic.item[0]");

    [Fact]
    public void A_broken_rule_says_what_it_is()
    {
        var issue = OnItem("$this = 'b'").Validate("{'resourceType':'Basic','item':['a']}").Issues.Single();
        issue.RuleText.Should().Be("Words.");
        issue.Expected.Should().BeNull("no FHIRPath stands in a sentence");
        issue.Found.Should().Be("a");
        issue.Profile.Should().Be(Base + "P");
    }
}
