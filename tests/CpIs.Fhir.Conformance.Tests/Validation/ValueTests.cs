using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Fixed values, patterns, limits, lengths and content references.</summary>
public sealed class ValueTests
{
    private static string Verdict(string type, string rule, string value)
    {
        var name = "value" + char.ToUpperInvariant(type[0]) + type[1..];
        return new Synthetic(P(("value[x]", $"'max':'1','type':[{{'code':'{type}'}}],{rule}"))).Verdict(
            $"{{'resourceType':'Basic','{name}':{value}}}"
        );
    }

    [Theory]
    [InlineData("boolean", "'fixedBoolean':true", "true", "false")]
    [InlineData("integer", "'fixedInteger':3", "3", "4")]
    [InlineData("decimal", "'fixedDecimal':1.0", "1.0", "1.00")]
    [InlineData("decimal", "'fixedDecimal':1.0", "10e-1", "1")]
    [InlineData("string", "'fixedString':'x'", "'x'", "'X'")]
    [InlineData("uri", "'fixedUri':'urn:x'", "'urn:x'", "'urn:x:'")]
    [InlineData("date", "'fixedDate':'2026-01'", "'2026-01'", "'2026-01-01'")]
    [InlineData(
        "Coding",
        "'fixedCoding':{'system':'urn:s','code':'1'}",
        "{'code':'1','system':'urn:s'}",
        "{'system':'urn:s','code':'1','display':'x'}"
    )]
    [InlineData("HumanName", "'fixedHumanName':{'given':['A','B']}", "{'given':['A','B']}", "{'given':['B','A']}")]
    [InlineData("Period", "'fixedPeriod':{'start':'2026-01-01'}", "{'start':'2026-01-01'}", "{'end':'2026-01-01'}")]
    public void A_fixed_value_is_that_and_nothing_more(string type, string rule, string right, string wrong)
    {
        Verdict(type, rule, right).Should().Be("");
        Verdict(type, rule, wrong).Should().StartWith("fhir-fixed@").And.NotContain(";");
    }

    [Theory]
    [InlineData("string", "'patternString':'x'", "'x'", "'y'")]
    [InlineData("decimal", "'patternDecimal':2.50", "2.50", "2.5")]
    [InlineData(
        "CodeableConcept",
        "'patternCodeableConcept':{'coding':[{'system':'urn:s','code':'1'}]}",
        "{'coding':[{'code':'0'},{'system':'urn:s','code':'1','display':'x'}],'text':'x'}",
        "{'coding':[{'system':'urn:s'},{'code':'1'}]}"
    )]
    [InlineData(
        "Identifier",
        "'patternIdentifier':{'type':{'coding':[{'code':'MR'}]},'system':'urn:s'}",
        "{'type':{'coding':[{'code':'MR'}],'text':'x'},'system':'urn:s','value':'1'}",
        "{'type':{'text':'x'},'system':'urn:s','value':'1'}"
    )]
    [InlineData("Quantity", "'patternQuantity':{'value':1.50}", "{'value':1.50,'unit':'g'}", "{'value':1.5}")]
    public void A_pattern_is_at_least_that_much(string type, string rule, string right, string wrong)
    {
        Verdict(type, rule, right).Should().Be("");
        Verdict(type, rule, wrong).Should().StartWith("fhir-pattern@").And.NotContain(";");
    }

    [Theory]
    [InlineData("integer", "'minValueInteger':3", "3", "2")]
    [InlineData("positiveInt", "'minValuePositiveInt':3", "3", "1")]
    [InlineData("decimal", "'minValueDecimal':0.5", "5e-1", "0.49")]
    [InlineData("decimal", "'minValueDecimal':0.5", "1e300", "-1e300")]
    [InlineData("date", "'minValueDate':'2026-02'", "'2026-02-01'", "'2026-01-31'")]
    [InlineData("date", "'minValueDate':'2026-02-15'", "'2026-02'", "'2026-01'")]
    [InlineData(
        "dateTime",
        "'minValueDateTime':'2026-01-01T00:00:00Z'",
        "'2026-01-01T00:00:00.0Z'",
        "'2026-01-01T00:30:00+01:00'"
    )]
    [InlineData(
        "instant",
        "'minValueInstant':'2026-01-01T00:00:00Z'",
        "'2025-12-31T23:30:00-01:00'",
        "'2025-12-31T23:59:59.999Z'"
    )]
    [InlineData("time", "'minValueTime':'10:00:00'", "'10:00:00.5'", "'09:59:59.9'")]
    [InlineData(
        "Quantity",
        "'minValueQuantity':{'value':1,'system':'urn:s','code':'g'}",
        "{'value':1,'system':'urn:s','code':'g'}",
        "{'value':0.9,'system':'urn:s','code':'g'}"
    )]
    public void A_value_is_not_below_the_smallest(string type, string rule, string right, string wrong)
    {
        Verdict(type, rule, right).Should().Be("");
        Verdict(type, rule, wrong).Should().StartWith("fhir-min-value@").And.NotContain(";");
    }

    [Theory]
    [InlineData("unsignedInt", "'maxValueUnsignedInt':3", "3", "4")]
    [InlineData("decimal", "'maxValueDecimal':0.5", "-1e400", "1e400")]
    [InlineData("date", "'maxValueDate':'2026-02-15'", "'2026'", "'2027'")]
    [InlineData("dateTime", "'maxValueDateTime':'2026-02-15'", "'2026-02-15T10:00:00Z'", "'2026-02-16T10:00:00Z'")]
    [InlineData("time", "'maxValueTime':'10:00:00'", "'10:00:00.000'", "'10:00:00.001'")]
    public void A_value_is_not_above_the_largest(string type, string rule, string right, string wrong)
    {
        Verdict(type, rule, right).Should().Be("");
        Verdict(type, rule, wrong).Should().StartWith("fhir-max-value@").And.NotContain(";");
    }

    [Theory]
    [InlineData("abcd", true)]
    [InlineData("abcde", false)]
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600", true)]
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", false)]
    [InlineData("e\u0301e\u0301", true)]
    [InlineData("e\u0301e\u0301e\u0301", false)]
    public void A_length_counts_characters_of_Unicode(string text, bool isRight)
    {
        var result = new Synthetic(P(("value[x]", "'max':'1','type':[{'code':'string'}],'maxLength':4"))).Validate(
            $"{{'resourceType':'Basic','valueString':'{text}'}}"
        );

        result.IsValid.Should().Be(isRight);
        if (!isRight)
            result.Issues.Single().Found.Should().Be($"{text.EnumerateRunes().Count()}");
    }

    [Theory]
    [InlineData("{'name':'a','valueString':'x'}", "")]
    [InlineData("{'name':'a','part':[{'name':'b','part':[{'name':'c','part':[{'name':'d','valueString':'x'}]}]}]}", "")]
    [InlineData(
        "{'name':'a','part':[{'name':'b','part':[{'valueString':'x'}]}]}",
        "fhir-min@Parameters.parameter[0].part[0].part[0].name"
    )]
    [InlineData(
        "{'name':'a','part':[{'name':'b','part':[{'name':'c','valueString':1}]}]}",
        "fhir-type@Parameters.parameter[0].part[0].part[0].valueString"
    )]
    [InlineData(
        "{'name':'a','part':[{'name':'b','valueString':'x','part':[{'name':'c','valueString':'x'}]}]}",
        "inv-1@Parameters.parameter[0].part[0]"
    )]
    public void A_content_reference_brings_its_rules_at_any_depth(string parameter, string expected) =>
        new Synthetic().Verdict($"{{'resourceType':'Parameters','parameter':[{parameter}]}}", "").Should().Be(expected);
}
