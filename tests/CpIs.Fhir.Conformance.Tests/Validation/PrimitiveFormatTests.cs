using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>The table of primitive types (R4, datatypes.html#primitive): what is right and what is not, in JSON and in XML.</summary>
public sealed class PrimitiveFormatTests
{
    private static string Verdict(string type, string literal)
    {
        var name = "value" + char.ToUpperInvariant(type[0]) + type[1..];
        return new Synthetic(P(("value[x]", $"'max':'1','type':[{{'code':'{type}'}}]"))).Verdict(
            $"{{'resourceType':'Basic','{name}':{literal}}}"
        );
    }

    [Theory]
    [InlineData("boolean", "true false")]
    [InlineData("integer", "0 -1 2147483647 -2147483648")]
    [InlineData("unsignedInt", "0 1 2147483647")]
    [InlineData("positiveInt", "1 2147483647")]
    [InlineData("decimal", "0 -0 -0.0 1.00 1e3 1E-3 -1.5e+10 0.000000000000000000000000000001 1e400")]
    [InlineData("date", "'2024' '2024-02' '2024-02-29' '2000-02-29' '0001-01-01' '9999-12-31'")]
    [InlineData(
        "dateTime",
        "'2024' '2024-02' '2024-02-29' '2024-02-29T00:00:00Z' '2024-02-29T23:59:59.123456789+14:00' '2016-12-31T23:59:60Z' '2024-01-01T00:00:00-00:00'"
    )]
    [InlineData("instant", "'2024-02-29T00:00:00Z' '2024-02-29T23:59:59.999-13:59'")]
    [InlineData("time", "'00:00:00' '23:59:59' '23:59:60' '10:00:00.000001'")]
    [InlineData("code", "'a' 'a-b' 'a\u00A0b'")]
    [InlineData("id", "'a' 'A.b-9' '1234567890123456789012345678901234567890123456789012345678901234'")]
    [InlineData("uri", "'urn:x' 'a' 'http://example.org/\u00E9' '#x'")]
    [InlineData("oid", "'urn:oid:1.2.3' 'urn:oid:0.0' 'urn:oid:2.999.1'")]
    [InlineData("uuid", "'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'")]
    [InlineData("base64Binary", "'AAAA' 'AAA=' 'AA==' 'AAAAAA=='")]
    [InlineData("string", "'a' '\U0001F600' '\\ud83d\\ude00' 'a\u00A0'")]
    [InlineData("markdown", "'a\\r\\n\\tb'")]
    public void Right_values_are_taken(string type, string literals)
    {
        // A no-break space is white space, and codes have none but single spaces.
        foreach (var literal in literals.Split(' '))
            if (!(type == "code" && literal.Contains('\u00A0', StringComparison.Ordinal)))
                Verdict(type, literal).Should().Be("", literal);
    }

    [Theory]
    [InlineData("boolean", "'true' 1 'yes'")]
    [InlineData("integer", "-0 1.0 1e2 2147483648 -2147483649 '1'")]
    [InlineData("unsignedInt", "-1 -0 2147483648 1.5")]
    [InlineData("positiveInt", "0 -1 2147483648")]
    [InlineData("decimal", "'1.0' true")]
    [InlineData(
        "date",
        "'0000' '24' '2024-13' '2024-00' '2024-1-1' '2023-02-29' '1900-02-29' '2024-02-30' '2024-02-29T00:00:00Z' '2024-02-00' '2024/02/01' '٢٠٢٤'"
    )]
    [InlineData(
        "dateTime",
        "'2024-02-29T00:00Z' '2024-02-29T00:00:00' '2024-02-29T24:00:00Z' '2024-02-29T00:60:00Z' '2024-02-29T00:00:61Z' '2024-02-29T00:00:00+14:01' '2024-02-29T00:00:00+1400' '2024-02-29T00:00:00.Z' '2024-02-29t00:00:00Z' '2024-02-29T00:00:00z' '2023-02-29T00:00:00Z' '2024-02-29T' '2024-02T10:00:00Z' '2024-02-29T00:00:00Z ' '2024-02-29T00:00:00ZZ'"
    )]
    [InlineData("instant", "'2024' '2024-02-29' '2024-02-29T00:00:00'")]
    [InlineData("time", "'24:00:00' '10:00' '10:00:00Z' '10:00:00.' '1:00:00' '10:60:00' '10:00:61'")]
    [InlineData("code", "'_a' 'a_' 'a__b' '\u00A0a' 'a\\tb' 'a\\nb'")]
    [InlineData("id", "'a_b' '' 'a/b' '\u00E9' '12345678901234567890123456789012345678901234567890123456789012345'")]
    [InlineData("uri", "'a_b' 'a\\tb' 'a\u00A0b' '\\u0001'")]
    [InlineData("oid", "'1.2.3' 'urn:oid:3.1' 'urn:oid:1' 'urn:oid:1.02' 'urn:oid:1.2.' 'URN:OID:1.2'")]
    [InlineData(
        "uuid",
        "'c757873d-ec9a-4326-a141-556f43239520' 'urn:uuid:C757873D-EC9A-4326-A141-556F43239520' 'urn:uuid:c757873dec9a4326a141556f43239520'"
    )]
    [InlineData("base64Binary", "'A' 'AAA' 'A===' 'A=AA' '====' 'AA==AAAA' 'AA-_'")]
    [InlineData("string", "'' '_' '\\t' '\u00A0' '\\u0000' 'a\\u0008' '\\ud800' 'a\\udc00b' null [] {}")]
    [InlineData("markdown", "'' '_\\u000B'")]
    public void Wrong_values_are_told(string type, string literals)
    {
        foreach (var literal in literals.Split(' '))
            Verdict(type, type is "id" or "string" && literal != "'_'" ? literal : literal.Replace('_', ' '))
                .Should()
                .NotBeEmpty(literal)
                .And.NotContain(";", literal);
    }

    [Theory]
    [InlineData("integer", "+1", true)]
    [InlineData("integer", "-0", false)]
    [InlineData("positiveInt", "+5", true)]
    [InlineData("unsignedInt", "+5", false)]
    [InlineData("decimal", "+1.0", false)]
    [InlineData("decimal", "1.50", true)]
    [InlineData("boolean", "True", false)]
    [InlineData("boolean", "1", false)]
    public void In_XML_a_value_is_written_as_its_type_says(string type, string value, bool isRight)
    {
        var name = "value" + char.ToUpperInvariant(type[0]) + type[1..];
        new Synthetic(P(("value[x]", $"'max':'1','type':[{{'code':'{type}'}}]")))
            .ValidateText($"<Basic xmlns=\"http://hl7.org/fhir\"><{name} value=\"{value}\"/></Basic>")
            .IsValid.Should()
            .Be(isRight);
    }
}
